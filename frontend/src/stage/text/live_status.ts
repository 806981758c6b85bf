/** How live the recording is, in short, with a tone. */

import { duration } from "../../draw/ink/format";
import type { Session } from "../../recording/session.svelte";

export interface Badge {
  label: string;
  /** The dot pulses: live and playing. */
  pulse: boolean;
  tone: "live" | "quiet" | "warn";
  /** The whole story, one hover away. */
  says: string;
}

export function badgeOf(session: Session): Badge {
  const eta = session.eta === null || !session.live ? "" : `, ${duration(session.eta)} left`;
  const says = session.live
    ? `Running, ${session.total} of ${session.planned} steps${eta}`
    : session.status === "failed"
      ? "The run failed; what was computed is here."
      : session.status === "stopped"
        ? "The run was stopped here."
        : "All steps are recorded.";
  const warn = session.connection === "reconnecting" || session.behind > Math.max(12, session.runSpeed ?? 60);
  return {
    label: session.badge,
    pulse: session.live && session.status === "running" && !warn,
    tone: warn ? "warn" : session.live ? "live" : "quiet",
    says,
  };
}
