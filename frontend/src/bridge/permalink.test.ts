import { describe, expect, it } from "vitest";
import openapi from "../wire/openapi.json";
import {
  climbed,
  formatBridge,
  MAX_RUNG,
  MAX_SLOTS,
  parseBridge,
  RUNGS,
  sameCrossing,
  START,
  type Crossing,
} from "./permalink";

const FAR: Crossing = {
  model: "transformer-signal-recall",
  seed: 7,
  memory: "graves",
  slots: 20,
  overwrite: 0.1,
  erase: 1,
  free: 0.5,
  links: 0.05,
  recurrence: 1.5,
};

describe("the link of the bridge", () => {
  it("gives back what crosses and what is looked at", () => {
    const view = { t: 24, solo: "sdnc", rows: "lag" as const };
    const parsed = parseBridge(`#${formatBridge(FAR, view)}`);
    expect(parsed.crossing).toEqual(FAR);
    expect(parsed.view).toEqual(view);
    expect(parsed.notices).toEqual([]);
    expect(parseBridge(formatBridge(START, {})).crossing).toEqual(START);
  });

  it("starts at the Transformer where it says nothing", () => {
    expect(parseBridge("").crossing).toEqual(START);
    expect(parseBridge("#t=3&v=1")).toMatchObject({ crossing: START, view: { t: 3 }, notices: [] });
  });

  it("leaves out what cannot be, and says so", () => {
    const { crossing, notices } = parseBridge(
      "#model=<b>&seed=-1&memory=lstm&slots=0&links=2&erase=x&recurrence=2.5&a=1",
    );
    expect(crossing).toEqual(START);
    expect(notices).toHaveLength(8);
    expect(notices.join(" ")).not.toContain("<b>");
  });

  it("goes to the genuine memory with any rung, and to rest with the stores", () => {
    expect(parseBridge("#links=0.1").crossing).toMatchObject({ memory: "graves", links: 0.1 });
    expect(parseBridge("#slots=9").crossing).toMatchObject({ memory: "graves", slots: 9 });
    expect(climbed(START, { erase: 1 })).toMatchObject({ memory: "graves", erase: 1 });
    expect(climbed(START, { erase: 0, seed: 4 })).toEqual({ ...START, seed: 4 });
    expect(climbed(FAR, { memory: "stores" })).toEqual({ ...START, model: FAR.model, seed: 7 });
    expect(climbed(FAR, { slots: null })).toEqual({ ...FAR, slots: null });
  });

  it("distinguishes crossings", () => {
    expect(sameCrossing(FAR, { ...FAR })).toBe(true);
    expect(sameCrossing(FAR, { ...FAR, links: 0.06 })).toBe(false);
  });
});

it("goes as far as the server goes", () => {
  const { properties } = openapi.components.schemas.BridgeSettings;
  for (const rung of RUNGS) expect(properties[rung].maximum, rung).toBe(MAX_RUNG[rung]);
  expect(properties.slots.anyOf.find(({ type }) => type === "integer")).toMatchObject({ maximum: MAX_SLOTS });
});
