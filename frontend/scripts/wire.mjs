// Writes src/wire/*.gen.*, or with --check says whether they are fresh:
//   wire.gen.ts    types, from openapi.json, which comes from the server's models: python -m mnemoscope_server.contract
//   format.gen.ts  what version 1 of the format fixed, from the library's format/bit_tasks.json
//   tokens.gen.*   inks and glyphs, from the library's reading/tokens.json
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const wire = new URL("../src/wire/", import.meta.url);
const openapi = new URL("openapi.json", wire);
const tokensFile = new URL("../../models/mnemoscope/reading/tokens.json", import.meta.url);
const bitTasksFile = new URL("../../models/mnemoscope/format/bit_tasks.json", import.meta.url);

const made = (source) => `Generated from ${source} by \`npm run wire\`. Do not edit.`;

async function types() {
  const ast = await openapiTS(openapi, { rootTypes: true, rootTypesNoSchemaPrefix: true, defaultNonNullable: false });
  return `// ${made("openapi.json")}\n\n${astToString(ast)}`;
}

const tokens = JSON.parse(await readFile(tokensFile, "utf8"));
const constants = `// ${made("tokens.json")}\n\nexport const TOKENS = ${JSON.stringify(tokens)} as const;\n`;

const bitTasks = JSON.parse(await readFile(bitTasksFile, "utf8"));
const format = `// ${made("bit_tasks.json")}

/** Tasks of bits when the manifest did not say yet what a task's numbers are. */
export const BIT_TASKS: readonly string[] = ${JSON.stringify(bitTasks)};
`;

/** The CSS variables of a theme: one for each ink and for the hue of each glyph. */
function variables(theme) {
  const all = Object.entries({ ...tokens.inks, ...tokens.glyphs });
  return [`color-scheme: ${theme};`, ...all.map(([name, entry]) => `--${name}: ${entry[theme]};`)].join("\n  ");
}
const styles = `/* ${made("tokens.json")} */
/* Contrast: text 4.5:1 on --bg and --hv, fills 3:1 on --sk. The painters read the theme in force from here. */
:root {
  ${variables("dark")}
}
:root[data-theme="light"] {
  ${variables("light")}
}
`;

for (const [name, text] of [
  ["wire.gen.ts", await types()],
  ["format.gen.ts", format],
  ["tokens.gen.ts", constants],
  ["tokens.gen.css", styles],
]) {
  const target = new URL(name, wire);
  if (!process.argv.includes("--check")) {
    await writeFile(target, text);
  } else if ((await readFile(target, "utf8").catch(() => "")) !== text) {
    console.error(`src/wire/${name} is not fresh: run \`npm run wire\` in frontend/ and commit it.`);
    process.exitCode = 1;
  }
}
