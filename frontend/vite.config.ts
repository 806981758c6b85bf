import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { notices } from "./notices";

// `npm run dev` draws this page and takes data from a server started beside it.
const server = process.env["MNEMOSCOPE_SERVER"] ?? "http://127.0.0.1:8000";

// Built twice: for a server, every page a script of its own; and, with `--mode single`, the stage alone as one script, which is
// what an exported HTML file holds.
export default defineConfig(({ mode }) => ({
  // Relative addresses: the same bundle is served under any path prefix.
  base: "./",
  plugins: [svelte(), notices()],
  build: {
    outDir: mode === "single" ? "mnemoscope_viewer/static/single" : "mnemoscope_viewer/static",
    emptyOutDir: true,
    target: "es2022",
    manifest: "manifest.json", // the Python side finds the entry script, its styles and the font here
    assetsInlineLimit: 0, // the exporter inlines by itself; a data: font would be loaded twice
    modulePreload: mode === "single" ? false : { polyfill: false },
    cssCodeSplit: false,
    ...(mode === "single" && {
      rolldownOptions: {
        input: "src/single.ts",
        output: { codeSplitting: { groups: [{ name: "single", tags: ["$initial"] }] } },
      },
    }),
  },
  worker: { format: "iife" }, // a module worker does not start in a page that was opened from disk
  server: {
    proxy: {
      "/api": { target: server },
      "/ws": { target: server, ws: true },
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    testTimeout: 20000,
    coverage: {
      // Everything without a component, whether a test imports it or not; components are held by the browser tests.
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.test.ts", "src/**/test*.ts", "src/**/*.gen.ts"],
      reporter: ["text-summary"],
      reportsDirectory: "node_modules/.cache/coverage",
      thresholds: { lines: 90 },
    },
  },
}));
