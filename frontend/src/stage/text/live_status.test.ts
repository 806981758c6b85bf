/** The badge of a recording, in every state a session can be in. */
import { expect, it } from "vitest";
import type { Session } from "../../recording/session.svelte";
import { badgeOf, earlyEnd } from "./live_status";

const RUNNING = { live: true, status: "running", connection: "open", behind: 0, runSpeed: 24, eta: 75, total: 40, planned: 200, badge: "live", manifest: null } satisfies Partial<Session>; // prettier-ignore

it.each([
  ["as it runs", {}, "live", true, "Running, 40 of 200 steps, 1 min 15 s left"],
  ["before it knows its pace", { eta: null }, "live", true, "Running, 40 of 200 steps"],
  ["paused", { status: "paused" }, "live", false, "Running, 40 of 200 steps, 1 min 15 s left"],
  ["without a connection", { connection: "reconnecting" }, "warn", false, "Running, 40 of 200 steps, 1 min 15 s left"],
  ["a second behind", { behind: 24 }, "live", true, "Running, 40 of 200 steps, 1 min 15 s left"],
  ["more than a second behind", { behind: 25 }, "warn", false, "Running, 40 of 200 steps, 1 min 15 s left"],
  [
    "a little behind a slow run",
    { behind: 12, runSpeed: 1 },
    "live",
    true,
    "Running, 40 of 200 steps, 1 min 15 s left",
  ],
  ["behind a run as fast as possible", { behind: 61, runSpeed: null }, "warn", false, "Running, 40 of 200 steps, 1 min 15 s left"], // prettier-ignore
  ["failed", { live: false, status: "failed" }, "quiet", false, "The run failed; what was computed is here."],
  ["stopped", { live: false, status: "stopped" }, "quiet", false, "The run was stopped here."],
  ["ended", { live: false, status: "ended" }, "quiet", false, "All steps are recorded."],
] as const)("a run %s is said to be so", (_, changes, tone, pulse, says) => {
  const badge = badgeOf({ ...RUNNING, ...changes } as unknown as Session);
  expect(badge).toEqual({ label: "live", tone, pulse, says });
});

/** A run of 1\u2009500 steps that is over at 311. */
const early = (manifest: object, more: object = {}): string | null =>
  earlyEnd({ live: false, status: "stopped", total: 311, manifest: { plannedSteps: 1500, stoppedBy: null, ...manifest }, ...more } as unknown as Session); // prettier-ignore

it("a run that ended before its plan says where, and why where that is known", () => {
  expect(early({ stoppedBy: "server" })).toBe("Ended early at 311 of 1\u2009500 when the server stopped.");
  expect(early({ stoppedBy: "owner" })).toBe("Ended early at 311 of 1\u2009500 when it was stopped.");
  expect(early({ stoppedBy: "disk" })).toBe("Ended early at 311 of 1\u2009500 when the disk was full.");
  expect(early({ stoppedBy: "idle" })).toBe("Ended early at 311 of 1\u2009500 when nobody had watched it for long.");
  expect(early({}, { status: "failed" })).toBe("Ended early at 311 of 1\u2009500 when no model could go on.");
  expect(early({})).toBe("Ended early at 311 of 1\u2009500.");
  expect(early({}, { live: true })).toBeNull();
  expect(early({ plannedSteps: null })).toBeNull();
  expect(early({}, { status: "ended", total: 1500 })).toBeNull();
  const manifest = { plannedSteps: 1500, stoppedBy: "server", status: "stopped" };
  const badge = badgeOf({ ...RUNNING, live: false, status: "stopped", total: 311, manifest } as unknown as Session);
  expect([badge.label, badge.says]).toEqual([
    "Ended early",
    "Ended early at 311 of 1\u2009500 when the server stopped.",
  ]);
});
