/** What the page tells the worker of chunks that pass by, since neither holds all of a long run (passed.ts). */
import { KEYFRAME_EVERY } from "../../wire/manifest";
import type { RecordingLog } from "../log";
import type { ToWorker } from "./questions";
import { isShared } from "./shareable";

/** Calls `send` for every bank whose reads can be carried back over blocks, of every whole chunk, once. Returns the way to stop it. */
export function passing(log: RecordingLog, send: (message: ToWorker & { type: "passed" }) => void): () => void {
  log.models.forEach((model, stream) => {
    const told = new Set<number>();
    model.whole = (k) => {
      const keyframe = model.keyframe(k);
      if (!keyframe || told.has(k)) return;
      told.add(k);
      for (const { name: bank } of model.spec.banks) {
        const { blocks } = model.memory(bank);
        const state = blocks && keyframe.f32(bank, blocks.state)?.slice();
        if (!state) continue;
        const left = blocks.left(k * KEYFRAME_EVERY, (k + 1) * KEYFRAME_EVERY - 1);
        send({ type: "passed", stream, bank, k, chunk: { left, state } });
      }
    };
  });
  return () => log.models.forEach((model) => (model.whole = null));
}

/** Calls `send` with what stays of every whole chunk, of the bank that is looked at. Returns the way to stop it. */
export function staying(log: RecordingLog, send: (message: ToWorker, transfer: Transferable[]) => void): () => void {
  log.models.forEach((model, stream) => {
    model.stays = (bank, k, kept) => {
      const copy = isShared(kept) ? null : kept.slice();
      send({ type: "stays", stream, bank, k, piece: copy ?? kept }, copy ? [copy.buffer] : []);
    };
    if (model.spec.banks.length > 0) model.look(model.bank());
  });
  return () => log.models.forEach((model) => (model.stays = null));
}
