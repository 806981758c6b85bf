/** How live the recording is, in short, with a tone. */

import { count, duration } from "../../draw/ink/format";
import type { Session } from "../../recording/session.svelte";

export interface Badge {
  label: string;
  /** The dot pulses: live and playing. */
  pulse: boolean;
  tone: "live" | "quiet" | "warn";
  /** The whole story, one hover away. */
  says: string;
}

const WHY = {
  owner: "when it was stopped",
  server: "when the server stopped",
  idle: "when nobody had watched it for long",
} as const;

/** "Ended early at 311 of 1 500 when the server stopped."; null of a run that goes on or reached its end. */
export function endedEarly({ live, total, manifest }: Session): string | null {
  const planned = manifest?.plannedSteps ?? null;
  if (live || planned === null || planned <= total || !manifest) return null;
  const why =
    manifest.status === "failed" ? "when no model could go on" : manifest.stoppedBy && WHY[manifest.stoppedBy];
  return `Ended early at ${count(total)} of ${count(planned)}${why ? ` ${why}` : ""}.`;
}

export function badgeOf(session: Session): Badge {
  const eta = session.eta === null || !session.live ? "" : `, ${duration(session.eta)} left`;
  const says = session.live
    ? `Running, ${session.total} of ${session.planned} steps${eta}`
    : session.status === "failed"
      ? "The run failed; what was computed is here."
      : session.status === "stopped"
        ? (endedEarly(session) ?? "The run was stopped here.")
        : "All steps are recorded.";
  const warn = session.connection === "reconnecting" || session.behind > Math.max(12, session.runSpeed ?? 60);
  return {
    label: endedEarly(session) === null ? session.badge : "Ended early",
    pulse: session.live && session.status === "running" && !warn,
    tone: warn ? "warn" : session.live ? "live" : "quiet",
    says,
  };
}
