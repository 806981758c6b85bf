import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

const NAME = "third-party-notices.txt";

/** Licences of what is bundled: of every package of which code is in the built page, and of the typeface. */
export function notices(): Plugin {
  return {
    name: "third-party-notices",
    apply: "build",
    generateBundle(_, bundle) {
      const roots = new Set<string>();
      for (const chunk of Object.values(bundle))
        if (chunk.type === "chunk") for (const id of Object.keys(chunk.modules)) addPackage(roots, id);
      const parts = [...roots].sort().map(noticeOf);
      parts.push(`Inter (SIL Open Font License 1.1)\n\n${readFileSync("src/assets/inter-OFL.txt", "utf8").trim()}\n`);
      this.emitFile({ type: "asset", fileName: NAME, source: parts.join(`\n${"-".repeat(80)}\n\n`) });
    },
  };
}

/** The folder of the package that a module belongs to; none for the page's own and for what the bundler makes. */
function addPackage(roots: Set<string>, id: string): void {
  const found = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id);
  if (found?.[1] !== undefined && existsSync(path.join(found[1], "package.json"))) roots.add(found[1]);
}

/** Name, version, licence and its text. A package without a licence text fails the build: it cannot be passed on. */
function noticeOf(root: string): string {
  const { name, version, license } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(root).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (file === undefined) throw new Error(`${name} ${version} carries no licence text; add it to notices.ts.`);
  const text = readFileSync(path.join(root, file), "utf8").trim();
  return `${name} ${version} (${license ?? "see the text"})\n\n${text}\n`;
}
