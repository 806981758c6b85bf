import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const SVELTE = {
  group: ["svelte", "svelte/*", "*.svelte", "**/*.svelte", "**/*.svelte.ts"],
  message: "This floor knows no Svelte.",
};

/** A folder may import the floors below it only: wire < ledger < draw, state < parts < views < pages. */
function floor(folder, above, { svelteFree = false } = {}) {
  const patterns = above.map((name) => ({
    group: [`**/${name}/**`, `../${name}`, `@/${name}/**`],
    message: `src/${folder} lies below src/${name}; imports go downwards only.`,
  }));
  return {
    files: [`src/${folder}/**/*.{ts,svelte}`],
    rules: { "no-restricted-imports": ["error", { patterns: svelteFree ? [...patterns, SVELTE] : patterns }] },
  };
}

export default ts.config(
  { ignores: ["mnemoscope_viewer/", "node_modules/", "src/wire/wire.gen.ts"] },
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
  floor("wire", ["ledger", "draw", "state", "parts", "views", "pages"], { svelteFree: true }),
  floor("ledger", ["draw", "state", "parts", "views", "pages"], { svelteFree: true }),
  floor("draw", ["state", "parts", "views", "pages"], { svelteFree: true }),
  floor("state", ["draw", "parts", "views", "pages"]),
  floor("parts", ["views", "pages"]),
  floor("views", ["pages"]),
);
