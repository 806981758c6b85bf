/** For tests: wait for what other turns of the event loop bring about. */

/** Milliseconds; a machine may be busy with much else. */
const PATIENCE = 15_000;

/** Resolves once `condition` holds; throws when it never does. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE; // a time, not a number of event loops: one takes as long as the machine is busy
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never became true: ${String(condition)}`);
    await new Promise((done) => setTimeout(done, 2));
  }
}
