/** What the picture on a card is drawn from: the recording as far as it is loaded, and the lanes of its models. */

import { historiesOf, streamsAt } from "../analysis/training";
import { SignalTrack } from "../analysis/signal";
import { Lane } from "../draw/lane/lane";
import type { Inks } from "../draw/ink/tokens";
import { RecordingLog } from "../memory/log";
import { LedgerClient } from "../memory/worker/client";
import { ShareCache } from "../memory/worker/share_cache";
import type { Api } from "../server/api";
import { KEYFRAME_EVERY, parseManifest } from "../wire/manifest";

export interface CardScene {
  readonly log: RecordingLog;
  readonly signal: SignalTrack;
  readonly lanes: readonly Lane[];
  readonly shares: ShareCache;
  readonly ledger: LedgerClient;
}

/** Pixel rows of a lane on the large card, and on a small one. */
const ROWS = { large: 42, small: 56 };

/** The scene of a log: with all lanes for the large card; a small one shows lane `only`, counted on so that neighbours differ. */
export function cardScene(log: RecordingLog, inks: Inks, only: number | null): CardScene {
  const signal = new SignalTrack(log);
  const ledger = new LedgerClient(log, only === null ? {} : { spawn: null });
  const shares = new ShareCache(log, ledger, (stream) => log.model(stream).bank());
  // Of a training the last moment: what was learned.
  const last = streamsAt(historiesOf(log.manifest.models), Infinity).map((stream) => log.model(stream));
  const wanted = only === null ? last : [last[only % last.length]!];
  const rows = only === null ? ROWS.large : ROWS.small;
  const lanes = wanted.map((model) => new Lane(model, model.bank(), signal, inks, null, rows));
  return { log, signal, lanes, shares, ledger };
}

/** Loads a recording up to step `until` of it; `begun` hears the log with its first chunk, `grown` every further one. */
export async function loadLog(
  api: Api,
  id: string,
  until: (log: RecordingLog, steps: number) => number,
  { signal, begun, grown }: { signal: AbortSignal; begun: (log: RecordingLog) => void; grown: () => void },
): Promise<void> {
  const [detail, first] = await Promise.all([api.recording(id, { signal }), api.chunk(id, 0, { signal })]);
  const log = new RecordingLog(parseManifest(detail.manifest));
  log.append(first);
  begun(log);
  const end = until(log, detail.steps);
  for (let n = 1; n * KEYFRAME_EVERY < end; n++) {
    log.append(await api.chunk(id, n, { signal }));
    grown();
  }
}
