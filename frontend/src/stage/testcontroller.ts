/** A stage without a document, on the golden recordings of tests/golden: for tests of what it does and what its link says. */
import { afterEach, vi } from "vitest";
import { stubCanvases } from "../draw/testdrawing";
import { DARK, makeInks } from "../draw/ink/tokens";
import { goldenBeside } from "../memory/testbeside";
import { goldenPart } from "../memory/testgolden";
import { Session } from "../recording/session.svelte";
import type { Looker } from "../recording/lens_cache.svelte";
import { Cursor } from "../view/cursor.svelte";
import { parseManifest } from "../wire/manifest";
import { StageController } from "./controller.svelte";

export const inks = makeInks(DARK, true);

/** As if a server had the models: it is asked, and never answers. */
class LookingSession extends Session {
  override get looker(): Looker {
    return () => new Promise(() => undefined);
  }
}

const open: Session[] = [];
afterEach(() => {
  vi.unstubAllGlobals();
  for (const session of open.splice(0)) session.close();
});

/** The training of which two models of `memories` are made moments by `trained`. */
export const TRAINING = { of: "dnc-signal-recall", updates: [0, 4000] };

/**
 * The controller of a golden recording; `trained`: DNC and DNC-D of `memories` stand for two moments of one training; `beside`: with
 * channels beside its signal.
 */
export async function controllerOf(
  name: "memories" | "kinds",
  trained = false,
  beside = false,
): Promise<StageController> {
  const raw = JSON.parse(goldenPart(name, "manifest.json").toString()) as { models: Record<string, unknown>[] };
  if (trained) {
    for (const model of raw.models) {
      const at = ["dnc", "dncd"].indexOf(String(model["id"]));
      if (at >= 0) model["training"] = { ...TRAINING, update: TRAINING.updates[at] };
    }
  }
  stubCanvases();
  const further = beside ? goldenBeside(name) : null;
  const messages = further ? joined(further.messages) : new Uint8Array(goldenPart(name, "messages.bin"));
  const embedded = { manifest: parseManifest(further?.raw ?? raw), messages, verdict: null, engine: () => null };
  const cursor = new Cursor({ request: () => 0, cancel: () => undefined });
  const session = new LookingSession({ embedded }, { cursor, ledger: { spawn: null } });
  open.push(session);
  await session.opened;
  if (session.error) throw session.error;
  const nothing = (): void => undefined;
  const page = { copy: nothing, share: nothing, help: nothing, palette: nothing, theme: nothing, picture: nothing };
  return new StageController(session, inks, page);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
