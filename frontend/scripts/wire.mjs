// Writes src/wire/wire.gen.ts from src/wire/openapi.json, or with --check says whether it is fresh.
// The JSON comes from the server's pydantic models: python -m mnemoscope_server.contract
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../src/wire/openapi.json", import.meta.url);
const target = new URL("../src/wire/wire.gen.ts", import.meta.url);

const ast = await openapiTS(source, { rootTypes: true, rootTypesNoSchemaPrefix: true, defaultNonNullable: false });
const text = `// Generated from openapi.json by \`npm run wire\`. Do not edit.\n\n${astToString(ast)}`;

if (!process.argv.includes("--check")) {
  await writeFile(target, text);
} else if ((await readFile(target, "utf8").catch(() => "")) !== text) {
  console.error(
    "src/wire/wire.gen.ts is not what src/wire/openapi.json gives: run `npm run wire` in frontend/ and commit it.",
  );
  process.exit(1);
}
