/** A run that ended before its plan, in words: where, and why where that is known. */

import { count } from "./format";
import type { Manifest } from "../../wire/manifest";
import type { RecordingDetail } from "../../wire/wire.gen";

const WHY = {
  owner: "when it was stopped",
  server: "when the server stopped",
  idle: "when nobody had watched it for long",
  source: "when its live source sent nothing more",
  disk: "when the disk was full",
} as const;

export interface Ending {
  readonly status: RecordingDetail["status"];
  /** Steps there are. */
  readonly steps: number;
  /** Steps it was planned to have; null: as many as there are, or not known. */
  readonly planned: number | null;
  readonly stoppedBy: Manifest["stoppedBy"];
}

/** "ended early at 311 of 1 500 when the server stopped"; null of one that goes on or reached its end. */
export function endedEarly({ status, steps, planned, stoppedBy }: Ending): string | null {
  if ((status !== "stopped" && status !== "failed") || planned === null || planned <= steps) return null;
  const why = status === "failed" ? "when no model could go on" : stoppedBy && WHY[stoppedBy];
  return `ended early at ${count(steps)} of ${count(planned)}${why ? ` ${why}` : ""}`;
}
