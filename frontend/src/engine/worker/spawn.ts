// Inlined: an exported page is one file, and a file opened from disk may not load a second one.
import EngineWorker from "./worker?worker&inline";

/** Starts the engine's worker. Throws where the page may not have one. */
export function spawnEngine(): Worker {
  return new EngineWorker({ name: "engine" });
}
