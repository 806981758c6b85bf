/** Live runs through the one code path of a session. */
import { describe, expect, it, vi } from "vitest";
import type { SocketLike } from "./socket";
import { STEPS, liveServer, sameAsWhole, start } from "./testserver";
import { until } from "./testuntil";

describe("a live run", () => {
  it("is followed step by step and ends as a recording", async () => {
    const server = liveServer(70);
    const session = start(server);
    await session.opened;
    await until(() => session.available === 70);
    expect([session.live, session.connection, session.badge]).toEqual([true, "open", "Live, 8 steps/s"]);
    expect([session.cursor.t, session.cursor.followLive, session.playing]).toEqual([69, true, true]);
    for (let i = 0; i < 30; i++) {
      server.compute(1);
      expect(session.cursor.t).toBe(70 + i);
    }
    server.compute(STEPS);
    Object.assign(server, { live: false, status: "ended" });
    server.socket.deliver({ type: "ended", steps: STEPS, status: "ended" });
    server.socket.drop(1000);
    await until(() => session.complete);
    expect([session.live, session.badge, session.status, session.connection]).toEqual([
      false,
      "Recorded",
      "ended",
      "none",
    ]);
    expect(server.sockets.length).toBe(1);
    sameAsWhole(session);
  });

  it("that is stopped before its first step says so, and asks for no recording: none is kept", async () => {
    const server = liveServer(0);
    const session = start(server);
    await session.opened;
    const asked = server.requests.length;
    server.socket.deliver({ type: "ended", steps: 0, status: "stopped" });
    server.socket.drop(1000);
    await until(() => session.connection === "none");
    expect([session.live, session.status, session.phase]).toEqual([false, "stopped", "open"]);
    expect(session.notices[0]).toContain("nothing was recorded");
    expect(server.requests.length).toBe(asked);
  });

  it("on a live source is laid out anew when its scale becomes known, and keeps its place when only gaps do", async () => {
    const server = liveServer(70);
    const session = start(server);
    await session.opened;
    const raw = session.manifest!.raw;
    const answer = (more: object) => () =>
      Response.json({
        id: "run",
        title: "A run",
        status: "running",
        steps: 70,
        live: true,
        manifest: { ...raw, ...more },
      });
    const task = raw["task"] as { events: object[] };
    const gap = { step: 3, until: 5, kind: "label", label: "gap: 2 samples" };
    const gaps = { task: { ...task, events: [...task.events, gap] } };
    server.instead.set("run", answer(gaps));
    server.socket.deliver({ type: "revised" });
    await until(() => session.manifest?.task.events.length === task.events.length + 1);
    expect([session.layouts, session.log!.manifest]).toEqual([0, session.manifest]);
    const scaling = { method: "zscore", offset: 3, scale: 2 };
    const signal = { name: "bench", channel: null, unit: null, sample_rate: null, source: { live: {} } };
    server.instead.set("run", answer({ ...gaps, signal: { ...signal, scaling } }));
    server.socket.deliver({ type: "revised" });
    await until(() => session.layouts === 1);
    expect(session.log!.manifest.signal?.scaling.offset).toBe(3);
  });

  it("says whether it is driven from here, also when the wheel is given and taken back", async () => {
    const server = liveServer(70);
    const session = start(server, { wheel: "secret" });
    await session.opened;
    expect(server.socket.sent[0]).toEqual({ type: "hello", have: 0, wheel: "secret" });
    server.socket.deliver({ type: "wheel", drives: false, owner: false });
    expect([session.seat, session.badge, session.notices]).toEqual(["watching", "Live, you watch", []]);
    server.socket.deliver({ type: "wheel", drives: true, owner: false });
    expect([session.seat, session.badge]).toEqual(["given", "Live, 8 steps/s"]);
    expect(session.notices[0]).toContain("given to you");
    server.socket.deliver({ type: "wheel", drives: false, owner: false });
    expect([session.seat, session.notices]).toEqual(["watching", ["The wheel was taken back: you watch."]]);
    server.socket.deliver({ type: "wheel", drives: true, owner: true });
    expect(session.seat).toBe("owner");
  });

  it("says where its source stands", async () => {
    const server = liveServer(70);
    const session = start(server);
    await session.opened;
    const figures = {
      received: 9,
      next: 9,
      room: 1,
      queued: 0,
      rate: null,
      measured_rate: 1,
      seen_seconds: 4,
      gaps: 0,
    };
    const none = { missing: 0, late: 0, duplicates: 0, blank: 0, beyond: 0, senders: 0, warming: 0, ends_in: 7 };
    server.socket.deliver({ type: "source", state: "silent", ...figures, ...none });
    expect([session.liveSource?.received, session.badge]).toEqual([9, "Live, silent"]);
  });

  it("is led by its commands at the newest step, and by the cursor elsewhere", async () => {
    const server = liveServer(10, "paused");
    const session = start(server);
    await until(() => session.available === 10);
    session.step(3);
    expect(server.socket.sent.at(-1)).toEqual({ type: "step", count: 3 });
    expect([session.available, session.cursor.t, session.badge]).toEqual([13, 12, "Live, paused"]);
    session.play();
    await until(() => server.status === "running");
    expect(session.playing).toBe(true);
    session.setSpeed(Infinity);
    await until(() => server.speed === null);
    expect(session.badge).toBe("Live, full speed");
    session.pause();
    await until(() => server.status === "paused");
    const said = server.socket.sent.length;
    session.cursor.seek(4); // let go
    session.step(1);
    expect(session.cursor.t).toBe(5);
    session.setSpeed(2);
    session.play();
    expect([session.cursor.playing, session.playing]).toEqual([true, true]);
    session.pause();
    expect(server.socket.sent.length).toBe(said); // the run was left alone
    server.compute(5);
    expect(session.cursor.t).toBe(5);
    session.backToLive();
    expect([session.cursor.t, session.cursor.speed]).toEqual([17, Infinity]);
  });

  it("goes at the speed last asked for, whatever is still said of an earlier one", async () => {
    const server = liveServer(10);
    const session = start(server);
    await until(() => session.available === 10);
    const says = (speed: number): void => server.socket.deliver({ type: "state", status: "running", step: 10, speed });
    const shown = (): unknown[] => [session.cursor.speed, session.badge];
    server.deaf = true;
    session.setSpeed(4);
    says(8); // an answer to a ping, sent before the command came
    expect(shown()).toEqual([4, "Live, 8 steps/s"]);
    session.setSpeed(2);
    says(4);
    expect(shown()).toEqual([2, "Live, 4 steps/s"]);
    says(2);
    expect(shown()).toEqual([2, "Live, 2 steps/s"]);
    says(16); // from another browser
    expect(shown()).toEqual([16, "Live, 16 steps/s"]);
    session.setSpeed(30);
    server.socket.deliver({ type: "error", code: "too-fast", message: "Too fast.", cure: "Slower." });
    expect(shown()).toEqual([16, "Live, 16 steps/s"]);
    session.setSpeed(30);
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 6000);
    says(16); // it was never answered
    expect(shown()).toEqual([16, "Live, 16 steps/s"]);
    vi.restoreAllMocks();
  });

  it("that is let go of is led again from its newest step on, and from none before it", async () => {
    const server = liveServer(10, "paused");
    const session = start(server);
    await until(() => session.available === 10);
    session.cursor.seek(8);
    session.step(1);
    expect([session.cursor.t, server.socket.sent.filter(({ type }) => type === "step")]).toEqual([9, []]);
    session.cursor.followLive = false;
    session.step(1);
    expect(server.socket.sent.at(-1)).toEqual({ type: "step", count: 1 });
    expect([session.available, session.cursor.t]).toEqual([11, 10]);
  });

  it("that is asked for steps faster than it computes them owes none and is never asked too early", async () => {
    const server = liveServer(10, "paused");
    const session = start(server);
    await until(() => session.available === 10);
    server.slow = true;
    for (let i = 0; i < 5; i++) session.step(1);
    await until(() => server.status === "running");
    expect([session.stepping, session.playing, session.badge]).toEqual([true, false, "Live, paused"]);
    server.carryOut();
    await until(() => server.status === "running");
    server.carryOut();
    expect([session.available, session.cursor.t, session.refusal, session.stepping]).toEqual([15, 14, null, false]);
    session.step(2);
    await until(() => server.status === "running");
    session.play();
    server.carryOut();
    await until(() => server.socket.sent.at(-1)!.type === "play");
    expect([session.available, session.playing, session.refusal]).toEqual([17, true, null]);
    session.pause();
    await until(() => server.status === "paused");
    session.step(100);
    await until(() => server.status === "running");
    session.pause(); // in the middle of them
    await until(() => server.status === "paused");
    expect(session.stepping).toBe(false);
  });

  it("opened at a moment stays there", async () => {
    const server = liveServer(70);
    const session = start(server, { t: 30 });
    await until(() => session.available === 70);
    server.compute(10);
    expect([session.cursor.t, session.cursor.followLive, session.playing]).toEqual([30, false, false]);
  });

  it("reconnects with what it holds, and shows how often it tried", async () => {
    const server = liveServer(70);
    const session = start(server);
    await until(() => session.available === 70);
    server.up = false;
    server.socket.drop();
    await until(() => session.attempt >= 3);
    expect(session.badge).toMatch(/^Reconnecting, \d+$/);
    expect(session.available).toBe(70); // still there to look at
    session.play();
    server.steps = 150;
    server.up = true;
    await until(() => session.connection === "open" && session.available === 150);
    expect(server.socket.sent[0]).toEqual({ type: "hello", have: 70, wheel: "" });
    expect(session.attempt).toBe(0);
    sameAsWhole(session);
  });

  it("that ended while the connection was lost is finished over HTTP", async () => {
    const server = liveServer(70);
    const session = start(server);
    await until(() => session.available === 70);
    Object.assign(server, { live: false, status: "ended", steps: STEPS });
    server.socket.drop();
    await until(() => session.complete);
    expect([session.available, session.status, session.badge]).toEqual([STEPS, "ended", "Recorded"]);
    expect(server.sockets.length).toBe(1);
    sameAsWhole(session);
  });

  it("fills what a slow page was not sent, from chunks", async () => {
    const server = liveServer(40);
    const session = start(server);
    await until(() => session.available === 40);
    server.compute(100, { silently: true });
    server.socket.deliver({ type: "behind", from: 40, to: 140 });
    server.compute(2);
    expect(session.available).toBe(40); // newer steps are here, but not without a gap
    expect(session.log!.newest).toBe(142);
    await until(() => session.available === 142);
    expect(server.requests.filter((path) => path.includes("chunks"))).toEqual([0, 1, 2].map((n) => `run/chunks/${n}`));
    sameAsWhole(session);
  });

  it("fills a gap even if nobody reported it", async () => {
    const server = liveServer(40);
    const session = start(server);
    await until(() => session.available === 40);
    server.compute(10, { silently: true });
    server.compute(1);
    await until(() => session.available === 51);
  });

  it("says how far behind the page is", async () => {
    const server = liveServer(10);
    const session = start(server);
    await until(() => session.available === 10);
    server.socket.deliver({ type: "state", status: "running", step: 40, speed: 8 });
    expect([session.behind, session.badge]).toEqual([30, "30 steps behind"]);
  });

  it("goes on when one model fails", async () => {
    const server = liveServer(10);
    const session = start(server);
    await until(() => session.available === 10);
    server.socket.deliver({ type: "model-failed", stream: 1, step: 10, reason: "NaN", tensor: "outputs" });
    server.steps = 12;
    for (const message of server.slice(10, 12)) if (message[0] !== 1) server.socket.give(message);
    expect(session.failures).toEqual([{ stream: 1, step: 10, reason: "NaN", tensor: "outputs" }]);
    expect(session.available).toBe(12);
    expect(server.requests.filter((path) => path.includes("chunks"))).toEqual([]);
  });

  it("keeps a refused command to be read, and says when there is nobody to command", async () => {
    const server = liveServer(10, "paused");
    const session = start(server);
    await until(() => session.available === 10);
    server.socket.deliver({ type: "error", code: "illegal-move", message: "It is paused.", cure: "Play it." });
    expect(session.refusal).toEqual({ code: "illegal-move", message: "It is paused.", cure: "Play it." });
    session.dismiss();
    server.up = false;
    server.socket.drop();
    session.play();
    await until(() => session.refusal !== null);
    expect(session.refusal).toMatchObject({ code: "not-connected" });
  });

  it("starts the connection anew after bytes that make no sense", async () => {
    const server = liveServer(70);
    const session = start(server);
    await until(() => session.available === 70);
    const bad = server.slice(64, 70)[1]!.slice();
    bad[0] = 99;
    server.socket.give(bad);
    await until(() => server.sockets.length === 2 && session.connection === "open");
    server.compute(10);
    expect(session.available).toBe(80);
  });

  it("notices a connection that is dead without saying so", async () => {
    const server = liveServer(10, "paused");
    const session = start(server, { silence: 10 });
    await until(() => session.available === 10);
    await until(() => server.socket.sent.some((message) => message.type === "ping"));
    expect(server.sockets.length).toBe(1); // it answered
    server.socket.deliver = () => undefined;
    await until(() => server.sockets.length === 2 && session.connection === "open");
  });

  it("says how far it is behind what the server has computed, on a line that brings its frames late", async () => {
    const server = liveServer(40);
    const session = start(server, { silence: 20 });
    await until(() => session.available === 40);
    expect(session.badge).toMatch(/^Live/);
    server.steps += 730; // computed, and still on the way
    await until(() => session.behind === 730);
    expect(session.badge).toBe("730 steps behind");
    expect(session.available).toBe(40);
  });

  it("gives a line longer each time that it was given up for its silence", async () => {
    const server = liveServer(10, "paused");
    const session = start(server, { silence: 8, wait: () => 0 });
    await until(() => session.available === 10);
    const times: number[] = [];
    for (let sockets = 1; sockets <= 4; sockets++) {
      await until(() => server.sockets.length >= sockets);
      const { sent } = server.sockets.at(-1)!;
      server.socket.deliver = () => undefined;
      await until(() => server.sockets.length > sockets);
      times.push(sent.filter((message) => message.type === "ping").length);
    }
    expect(times[2]).toBeGreaterThan(times[1]!);
    expect(times[3]).toBeGreaterThan(times[2]!);
  });

  it("that turns out to be over when it is joined is replayed", async () => {
    const server = liveServer(STEPS, "ended");
    const socket = (): SocketLike => {
      server.live = false; // after the page learned that it is live, before it joined
      return server.open();
    };
    const session = start(server, { socket });
    await until(() => session.complete);
    expect(server.sockets.length).toBe(1);
    expect([session.available, session.badge]).toEqual([STEPS, "Recorded"]);
  });

  it("is left alone once it is closed", async () => {
    const server = liveServer(70);
    const session = start(server);
    await until(() => session.available === 70);
    session.close();
    server.socket.drop();
    await new Promise((done) => setTimeout(done, 20));
    expect(server.sockets.length).toBe(1);
  });
});
