import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { notices } from "./notices";

// `npm run dev` draws this page and takes data from a server started beside it.
const server = process.env["MNEMOSCOPE_SERVER"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  // Relative addresses: the same bundle is served under any path prefix and inlined into exported HTML files.
  base: "./",
  plugins: [svelte(), notices()],
  build: {
    outDir: "mnemoscope_viewer/static",
    emptyOutDir: true,
    target: "es2022",
    manifest: "manifest.json", // the Python side finds the entry script, its styles and the font here
    assetsInlineLimit: 0, // the exporter inlines by itself; a data: font would be loaded twice
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        // One script for whatever the first picture needs, also where pages loaded later need a part of it: an exported file
        // holds that script and no other.
        codeSplitting: { groups: [{ name: "index", tags: ["$initial"] }] },
      },
    },
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
});
