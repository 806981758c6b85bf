/** plotly.js, loaded when the first chart is drawn: a chunk of its own that no other page fetches. */

/** What of it is used; the packages of types describe the whole library, of which this bundle is a part. */
export interface Plotly {
  react(at: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
  purge(at: HTMLElement): void;
  toImage(figure: unknown, options: { format: "svg"; width: number; height: number }): Promise<string>;
}

let loading: Promise<Plotly> | null = null;

export function plotly(): Promise<Plotly> {
  loading ??= import("plotly.js-basic-dist-min").then((module) => module.default);
  loading.catch(() => (loading = null)); // the next chart tries again
  return loading;
}

/** The drawing of a figure as the text of an SVG file. */
export async function svgText(figure: { data: unknown; layout: object }): Promise<string> {
  const { toImage } = await plotly();
  const { width, height } = figure.layout as { width?: number; height?: number };
  const address = await toImage(figure, { format: "svg", width: width ?? 960, height: height ?? 560 });
  return decodeURIComponent(address.replace(/^data:image\/svg\+xml,/, ""));
}
