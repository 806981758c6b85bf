// Runs a module of the engine in V8: module, memory as it is before the run and as it is afterwards, all files.
import fs from "fs";

const [, , module, before, after] = process.argv;
const { memory, block } = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(module))).exports;
new Uint8Array(memory.buffer).set(fs.readFileSync(before));
block();
fs.writeFileSync(after, new Uint8Array(memory.buffer));
