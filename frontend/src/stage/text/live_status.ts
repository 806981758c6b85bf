/** How live the recording is, in short, with a tone. */

import { duration } from "../../draw/ink/format";
import { endedEarly } from "../../draw/ink/ended_early";
import type { Session } from "../../recording/session.svelte";

export interface Badge {
  label: string;
  /** The dot pulses: live and playing. */
  pulse: boolean;
  tone: "live" | "quiet" | "warn";
  /** The whole story, one hover away. */
  says: string;
}

/** "Ended early at 311 of 1 500 when the server stopped."; null of a run that goes on or reached its end. */
export function earlyEnd({ live, status, total, manifest }: Session): string | null {
  if (live || !manifest) return null;
  const said = endedEarly({ status, steps: total, planned: manifest.plannedSteps, stoppedBy: manifest.stoppedBy });
  return said && `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}

export function badgeOf(session: Session): Badge {
  const eta = session.eta === null || !session.live ? "" : `, ${duration(session.eta)} left`;
  const says = session.live
    ? `Running, ${session.total} of ${session.manifest?.openEnded ? "at most " : ""}${session.planned} steps${eta}`
    : session.status === "failed"
      ? "The run failed; what was computed is here."
      : session.status === "stopped"
        ? (earlyEnd(session) ?? "The run was stopped here.")
        : "All steps are recorded.";
  const warn = session.connection === "reconnecting" || session.behind > Math.max(12, session.runSpeed ?? 60);
  return {
    label: earlyEnd(session) === null ? session.badge : "Ended early",
    pulse: session.live && session.status === "running" && !warn,
    tone: warn ? "warn" : session.live ? "live" : "quiet",
    says,
  };
}
