// Runs a module of the engine in V8: module, memory as it is before the run and as it is afterwards, all files.
import fs from "fs";

const [, , module, before, after] = process.argv;
const { memory, block } = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(module))).exports;
const image = fs.readFileSync(before);
memory.grow((image.length - memory.buffer.byteLength) / 65536);
new Uint8Array(memory.buffer).set(image);
block();
fs.writeFileSync(after, new Uint8Array(memory.buffer));
