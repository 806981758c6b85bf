/**
 * A figure as the library built it, dressed for the page: inks of the theme, letters of the page, the size it is drawn at.
 *
 * The figure's traces say in `meta` whose they are; what they mean, their axes and zones come from the library.
 */
import type { Inks } from "../draw/ink/tokens";
import { hueOf } from "../draw/ink/tokens";
import { TOKENS } from "../wire/tokens.gen";

/** The page's own letters. */
const FACE = 'Inter, system-ui, "Segoe UI", sans-serif';

export interface Trace {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly meta?: {
    readonly model?: string;
    readonly glyph?: string | null;
    readonly part?: "line" | "band" | "bank" | "square";
  };
  readonly line?: Record<string, unknown>;
  readonly marker?: Record<string, unknown>;
  readonly [key: string]: unknown;
}

export interface Axis {
  readonly type?: string;
  readonly range?: readonly [number, number] | undefined;
  readonly title?: unknown;
  readonly [key: string]: unknown;
}

/** What of a plotly figure is looked at. */
export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: { readonly xaxis?: Axis; readonly yaxis?: Axis; readonly shapes?: readonly Record<string, unknown>[]; readonly annotations?: readonly Record<string, unknown>[]; readonly [key: string]: unknown }; // prettier-ignore
}

/** Where the plot lies in its box, CSS pixels. */
export interface Room {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Places of an axis: data to pixels and back. */
export interface Scale {
  readonly log: boolean;
  readonly low: number;
  readonly high: number;
}

export function scaleOf(axis: Axis | undefined, values: readonly number[]): Scale {
  const log = axis?.type === "log";
  const known = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  if (axis?.range) return { log, low: axis.range[0], high: axis.range[1] };
  const placed = log ? known.map(Math.log10) : known;
  const [low, high] = [Math.min(...placed), Math.max(...placed)];
  const air = high > low ? (high - low) * 0.03 : 0.3;
  return { log, low: low - air, high: high + air };
}

/** 0 at the low end of the axis, 1 at the high one. */
export function place({ log, low, high }: Scale, value: number): number {
  return ((log ? Math.log10(Math.max(value, 1e-12)) : value) - low) / (high - low);
}

export function valueAt({ log, low, high }: Scale, part: number): number {
  const value = low + part * (high - low);
  return log ? 10 ** value : value;
}

export const xPixel = (scale: Scale, room: Room, value: number): number =>
  room.left + place(scale, value) * (room.width - room.left - room.right);
export const yPixel = (scale: Scale, room: Room, value: number): number =>
  room.height - room.bottom - place(scale, value) * (room.height - room.top - room.bottom);

/** All numbers that an axis has to hold, bands included. */
export function numbers(figure: Figure, axis: "x" | "y"): number[] {
  return figure.data.flatMap((trace): readonly (number | null)[] => trace[axis]).filter((value) => value !== null);
}

/** Opacity of what is not the one model looked at. */
const FAINT = 0.12;

/** The same figure with room on its x axis for `low` … `high`, measured or not: what is added does not move what is there. */
export function reaching(figure: Figure, [low, high]: readonly [number, number]): Figure {
  const { xaxis } = figure.layout;
  const known = numbers(figure, "x");
  const { low: from, high: to } = scaleOf({ ...xaxis, range: undefined }, [low, high, ...known]);
  return { ...figure, layout: { ...figure.layout, xaxis: { ...xaxis, range: [from, to] } } };
}

/** The figure to hand to plotly; `only`: the model looked at, all others grow faint. */
export function dressed(figure: Figure, room: Room, inks: Inks, only: string | null): Figure {
  const { width, height, left, right, top, bottom } = room;
  const small = height < 240;
  const axis = (of: Axis | undefined, values: readonly number[]): Axis => {
    const { low, high } = scaleOf(of, values);
    return {
      ...of,
      ...(small ? fewer(of) : {}),
      range: [low, high],
      title: undefined,
      fixedrange: true,
      automargin: false,
      zeroline: false,
      showline: false,
      ticks: "",
      tickangle: 0,
      gridcolor: inks.ln,
      tickfont: { size: 11, color: inks.t3, family: FACE },
    };
  };
  return {
    data: figure.data.map((trace) => inked(trace, inks, only, small)),
    layout: {
      ...figure.layout,
      template: undefined,
      title: undefined,
      showlegend: false,
      width,
      height,
      margin: { l: left, r: right, t: top, b: bottom, pad: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: FACE, size: 11, color: inks.t3 },
      xaxis: { ...axis(figure.layout.xaxis, numbers(figure, "x")), showgrid: false },
      yaxis: axis(figure.layout.yaxis, numbers(figure, "y")),
      shapes: (figure.layout.shapes ?? []).map((shape) => zone(shape, inks)),
      annotations: [],
    },
  };
}

/** Of the ticks of a logarithmic axis those at powers of ten, where nothing else is written at them. */
function fewer(axis: Axis | undefined): { readonly tickvals?: readonly number[] } {
  const ticks = axis?.["tickvals"] as readonly number[] | undefined;
  if (axis?.type !== "log" || !ticks || axis["ticktext"]) return {};
  return { tickvals: ticks.filter((tick) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9) };
}

function inked(trace: Trace, inks: Inks, only: string | null, small: boolean): Trace {
  const { model, glyph, part } = trace.meta ?? {};
  const ink = glyph ? inks[hueOf(glyph)] : inks.t3;
  const { dash, symbol } = lookOf(glyph);
  const faint = only !== null && model !== only;
  if (part === "band") {
    const opacity = faint ? 0.02 : only === model ? 0.22 : 0.1;
    return { ...trace, line: { ...trace.line, width: 0 }, fillcolor: veil(ink, opacity), hoverinfo: "skip" };
  }
  if (part === "square") return celled(trace, ink, inks);
  const width = only !== null && !faint ? 2.4 : small ? 1.4 : 1.8;
  if (part === "bank")
    return {
      ...trace,
      hoverinfo: "skip",
      line: { ...trace.line, color: glyph ? ink : inks.t3, width: glyph ? 1.6 : 1.2 },
    };
  return {
    ...trace,
    opacity: faint ? FAINT : 1,
    hoverinfo: "skip",
    line: { ...trace.line, color: ink, width: glyph ? width : 1.2, ...(dash ? { dash } : {}) },
    marker: {
      ...trace.marker,
      size: small ? 6 : 8,
      ...(symbol ? { symbol } : {}),
      color: ink,
      line: { color: ink, width: 1.4 },
    },
  };
}

/** Opacity of a cell that is exact, a blur, lost, no better than answering 0; the trace says which in its `customdata`. */
export const SHADES = [0.85, 0.38, 0.12, 0.03] as const;

function celled(trace: Trace, ink: string, inks: Inks): Trace {
  const shades = (trace["customdata"] ?? []) as readonly number[];
  return {
    ...trace,
    hoverinfo: "skip",
    marker: { color: shades.map((shade) => veil(ink, SHADES[shade] ?? 0)), line: { width: 1, color: inks.bg } },
    textfont: { size: 11, family: FACE, color: shades.map((shade) => (shade === 0 ? inks.bg : inks.tx)) },
  };
}

/** How a model's line and points are drawn, where the tokens say so; a reference has none of its own. */
function lookOf(glyph: string | null | undefined): { readonly dash?: unknown; readonly symbol?: unknown } {
  return glyph ? (TOKENS.glyphs[hueOf(glyph)] as Readonly<Record<string, unknown>>) : {};
}

function zone(shape: Record<string, unknown>, inks: Inks): Record<string, unknown> {
  if (shape["type"] === "rect") return { ...shape, layer: "below", line: { width: 0 }, fillcolor: inks.sf };
  return { ...shape, line: { color: inks.t3, width: 1, dash: "2px,3px" } };
}

/** An ink of which something shows through. */
function veil(hex: string, opacity: number): string {
  const [r, g, b] = [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  return `rgba(${r},${g},${b},${opacity})`;
}

/** The figure to save: with a title, the names of its curves at their ends, and a line of where it comes from. */
export function captioned(
  figure: Figure,
  texts: { title: string; foot: string; names: ReadonlyMap<string, string> },
  inks: Inks,
): Figure {
  const room = { width: 960, height: 560, left: 56, right: 168, top: 56, bottom: 64 };
  const shown = dressed(figure, room, inks, null);
  const x = scaleOf(figure.layout.xaxis, numbers(figure, "x"));
  const ends = shown.data
    .filter((trace) => trace.meta?.part === "line" && trace.x.length > 0)
    .map((trace) => ({ trace, y: trace.y.at(-1)! }));
  const letters = (size: number, color: string) => ({ family: FACE, size, color });
  const labels = ends.map(({ trace, y }) => ({
    x: x.high,
    y: shown.layout.yaxis?.type === "log" ? Math.log10(y) : y,
    xanchor: "left",
    xshift: 8,
    showarrow: false,
    text: texts.names.get(trace.meta?.model ?? "") ?? "",
    font: letters(12, String((trace.line as { color?: unknown }).color ?? inks.tx)),
  }));
  const foot = {
    x: 0,
    y: 0,
    xref: "paper",
    yref: "paper",
    xanchor: "left",
    yanchor: "top",
    yshift: -40,
    showarrow: false,
  };
  return {
    data: shown.data,
    layout: {
      ...shown.layout,
      paper_bgcolor: inks.bg,
      title: { text: texts.title, x: 0, xref: "paper", font: letters(16, inks.tx) },
      annotations: [...labels, { ...foot, text: texts.foot, font: letters(11, inks.t3) }],
    },
  };
}
