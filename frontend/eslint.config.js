import path from "node:path";
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/**
 * The rooms of the page, from the left to the right; each knows only rooms to its left, and has a README that says what
 * lives there.
 *
 *   wire       what comes over the wire or lies in a file: manifest, layout, messages
 *   memory     the recording in memory: the log, states rebuilt from it, what each write contributes to a read
 *   engine     a memory at work in this page: module, state, steps; a recording held against it
 *   analysis   what follows from a log: series, events, measures
 *   view       what is looked at, as state, and the link that says it
 *   server     the server's HTTP interface
 *   recording  one open recording: where its messages come from, and what moves it
 *   draw       painters
 *   verdict    what a recording answers: ranking, clauses, words
 *   ui         parts of any page: buttons, menus, icons, canvases
 *   stage, new_run, how_long, fit, sharing, gallery, bridge   what a page shows, a room for each
 *   pages      the pages and their addresses
 */
const ROOMS = [
  ["wire", "memory", "engine", "analysis", "view", "server", "recording", "draw", "verdict", "ui"],
  ["stage", "new_run", "how_long", "fit", "sharing", "gallery", "bridge", "pages"],
].flat();

/** Rooms whose left neighbours are not all theirs to know: a painter draws what it is given. */
const APART = { draw: ["server", "recording"] };

/** Rooms that run without Svelte: in the worker, in a bench, in a picture file. */
const PLAIN = ["wire", "memory", "engine", "analysis", "draw", "verdict"];

const src = path.join(import.meta.dirname, "src");
const roomOf = (file) => path.relative(src, file).split(path.sep)[0];

/** Imports go to the left only. By resolved paths, not by patterns: the folder `draw/stage` is not the room `stage`. */
const rooms = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const room = roomOf(context.filename);
    const check = ({ source }) => {
      if (typeof source?.value !== "string") return;
      const refuse = (message) => context.report({ node: source, message });
      if (PLAIN.includes(room) && /^svelte(\/|$)|\.svelte(\.ts)?$/.test(source.value))
        refuse(`src/${room} knows no Svelte.`);
      if (!source.value.startsWith(".")) return;
      const other = roomOf(path.resolve(path.dirname(context.filename), source.value));
      if (other !== room && (ROOMS.indexOf(other) >= ROOMS.indexOf(room) || APART[room]?.includes(other)))
        refuse(`src/${room} may not know src/${other}; imports go to rooms further left (eslint.config.js).`);
      if (!ROOMS.includes(other)) refuse(`src/${other} is no room (eslint.config.js).`);
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

export default ts.config(
  { ignores: ["mnemoscope_viewer/", "node_modules/", "src/wire/*.gen.ts"] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-console": "error",
      eqeqeq: "error",
      // Plain Map and Set are right here: painters and caches must not be reactive.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: { "no-undef": "off" }, // TypeScript already knows every name, types included
  },
  { files: ["scripts/**", "dev/**"], rules: { "no-console": "off" } },
  {
    files: ROOMS.map((room) => `src/${room}/**/*.{ts,svelte}`),
    plugins: { mnemoscope: { rules: { rooms } } },
    rules: { "mnemoscope/rooms": "error" },
  },
);
