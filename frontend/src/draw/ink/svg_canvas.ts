/**
 * A drawing context with the part of the canvas interface that the painters use, which writes SVG: shapes and letters stay vectors,
 * rasters become pictures of their own cells at twice the size. Painters draw for one pixel per unit.
 */

/** What the context asks of the page: widths of text, and pictures of canvases. */
export interface Drawing {
  measure(label: string, font: string): number;
  /** Part of a canvas as a data address, at `width` × `height` pixels with sharp cells. */
  picture(
    source: CanvasImageSource,
    part: readonly [number, number, number, number],
    width: number,
    height: number,
  ): string;
}

/** What save keeps and restore brings back. */
const KEPT = [
  "fillStyle",
  "strokeStyle",
  "globalAlpha",
  "lineWidth",
  "lineCap",
  "lineJoin",
  "dash",
  "font",
  "textAlign",
  "textBaseline",
  "clipped",
] as const;

/** A canvas that is repeated: the hatch. */
interface Tile {
  id: string;
}

const ANCHORS: Record<string, string> = { center: "middle", right: "end", end: "end" };

export class SvgContext {
  fillStyle: string | Tile = "#000";
  strokeStyle: string | Tile = "#000";
  globalAlpha = 1;
  lineWidth = 1;
  lineCap = "butt";
  lineJoin = "miter";
  font = "400 11px sans-serif";
  textAlign = "left";
  textBaseline = "middle";
  imageSmoothingEnabled = false;
  private dash: readonly number[] = [];
  private clipped: string | null = null;
  private readonly stack: Record<string, unknown>[] = [];
  private readonly out: string[] = [];
  private readonly defs: string[] = [];
  private readonly tiles = new Map<string, Tile>();
  private path = "";

  constructor(
    readonly width: number,
    readonly height: number,
    /** Colour of the page: what clearing leaves. */
    private readonly ground: string,
    private readonly drawing: Drawing,
  ) {}

  /** The whole picture as a document with a title that screen readers and catalogues read. */
  document(title: string): string {
    const size = `width="${fix(this.width)}" height="${fix(this.height)}" viewBox="0 0 ${fix(this.width)} ${fix(this.height)}"`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
      `<title>${escaped(title)}</title>`,
      `<defs>${this.defs.join("")}</defs>`,
      ...this.out,
      "</svg>\n",
    ].join("\n");
  }

  save(): void {
    this.stack.push(Object.fromEntries(KEPT.map((key) => [key, this[key]])));
  }

  restore(): void {
    Object.assign(this, this.stack.pop());
  }

  setTransform(): void {
    // Painters undo the scale of the screen to fill with device pixels; here a unit is a pixel already.
  }

  setLineDash(dash: readonly number[]): void {
    this.dash = [...dash];
  }

  beginPath(): void {
    this.path = "";
  }

  closePath(): void {
    this.path += "Z";
  }

  moveTo(x: number, y: number): void {
    this.path += `M${fix(x)} ${fix(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.path += `${this.path ? "L" : "M"}${fix(x)} ${fix(y)}`;
  }

  bezierCurveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): void {
    this.path += `C${fix(ax)} ${fix(ay)} ${fix(bx)} ${fix(by)} ${fix(x)} ${fix(y)}`;
  }

  quadraticCurveTo(ax: number, ay: number, x: number, y: number): void {
    this.path += `Q${fix(ax)} ${fix(ay)} ${fix(x)} ${fix(y)}`;
  }

  rect(x: number, y: number, w: number, h: number): void {
    this.path += `M${fix(x)} ${fix(y)}h${fix(w)}v${fix(h)}h${fix(-w)}Z`;
  }

  roundRect(x: number, y: number, w: number, h: number, r: number): void {
    const c = Math.max(0, Math.min(r, w / 2, h / 2));
    const corner = (dx: number, dy: number): string => `a${fix(c)} ${fix(c)} 0 0 1 ${fix(dx)} ${fix(dy)}`;
    this.path +=
      `M${fix(x + c)} ${fix(y)}h${fix(w - 2 * c)}${corner(c, c)}v${fix(h - 2 * c)}${corner(-c, c)}` +
      `h${fix(2 * c - w)}${corner(-c, -c)}v${fix(2 * c - h)}${corner(c, -c)}Z`;
  }

  /** Clockwise, as the painters draw; a whole turn is two halves, because SVG draws no arc from a point to itself. */
  arc(x: number, y: number, r: number, from: number, to: number): void {
    const point = (angle: number): string => `${fix(x + r * Math.cos(angle))} ${fix(y + r * Math.sin(angle))}`;
    const sweep = Math.min(2 * Math.PI, to - from);
    const middle = from + sweep / 2;
    const start = `${this.path && !this.path.endsWith("Z") ? "L" : "M"}${point(from)}`;
    const radii = `A${fix(r)} ${fix(r)} 0 0 1`;
    this.path += `${start}${radii} ${point(middle)}${radii} ${point(from + sweep)}`;
  }

  clip(): void {
    const id = `clip${this.defs.length}`;
    const outer = this.clipped ? ` clip-path="url(#${this.clipped})"` : "";
    this.defs.push(`<clipPath id="${id}"${outer}><path d="${this.path}"/></clipPath>`);
    this.clipped = id;
  }

  fill(): void {
    this.put(`<path d="${this.path}"${this.filled()}`);
  }

  stroke(): void {
    this.put(`<path d="${this.path}"${this.stroked()}`);
  }

  fillRect(x: number, y: number, w: number, h: number): void {
    if (w > 0 && h > 0) this.put(`<rect ${box(x, y, w, h)}${this.filled()}`);
  }

  strokeRect(x: number, y: number, w: number, h: number): void {
    if (w > 0 && h > 0) this.put(`<rect ${box(x, y, w, h)}${this.stroked()}`);
  }

  clearRect(x: number, y: number, w: number, h: number): void {
    if (w > 0 && h > 0) this.out.push(`<rect ${box(x, y, w, h)} fill="${this.ground}"/>`);
  }

  measureText(label: string): { width: number } {
    return { width: this.drawing.measure(label, this.font) };
  }

  /** Painters centre a label on a line; 0.35 of its size below that line is the baseline. */
  fillText(label: string, x: number, y: number): void {
    const [, weight = "400", size = "11", family = "sans-serif"] = /^(\d+) ([\d.]+)px (.*)$/.exec(this.font) ?? [];
    const anchor = ANCHORS[this.textAlign];
    const attributes = [
      `x="${fix(x)}" y="${fix(y + Number(size) * 0.35)}"`,
      `font-family="${escaped(family.replaceAll('"', "'"))}" font-size="${size}"`,
      weight === "400" ? "" : `font-weight="${weight}"`,
      anchor ? `text-anchor="${anchor}"` : "",
    ];
    this.put(`<text ${attributes.filter(Boolean).join(" ")}${this.filled()}`, `${escaped(label)}</text>`);
  }

  drawImage(source: CanvasImageSource, ...place: number[]): void {
    const [sx = 0, sy = 0, sw = 0, sh = 0, x = 0, y = 0, w = 0, h = 0] = place;
    if (!(sw > 0 && sh > 0 && w > 0 && h > 0)) return;
    const href = this.drawing.picture(source, [sx, sy, sw, sh], Math.ceil(2 * w), Math.ceil(2 * h));
    this.put(
      `<image ${box(x, y, w, h)} preserveAspectRatio="none" style="image-rendering:pixelated" href="${href}"${this.alpha()}`,
    );
  }

  createPattern(source: CanvasImageSource & { width: number; height: number }): Tile {
    const { width, height } = source;
    const href = this.drawing.picture(source, [0, 0, width, height], 4 * width, 4 * height);
    let tile = this.tiles.get(href);
    if (!tile) {
      this.tiles.set(href, (tile = { id: `tile${this.tiles.size}` }));
      this.defs.push(
        `<pattern id="${tile.id}" width="${width}" height="${height}" patternUnits="userSpaceOnUse">` +
          `<image width="${width}" height="${height}" href="${href}"/></pattern>`,
      );
    }
    return tile;
  }

  private put(start: string, content: string | null = null): void {
    const clip = this.clipped ? ` clip-path="url(#${this.clipped})"` : "";
    this.out.push(`${start}${clip}${content === null ? "/>" : `>${content}`}`);
  }

  private filled(): string {
    return ` fill="${ink(this.fillStyle)}"${this.alpha()}`;
  }

  private stroked(): string {
    const parts = [` fill="none" stroke="${ink(this.strokeStyle)}" stroke-width="${fix(this.lineWidth)}"`];
    if (this.lineCap !== "butt") parts.push(` stroke-linecap="${this.lineCap}"`);
    if (this.lineJoin !== "miter") parts.push(` stroke-linejoin="${this.lineJoin}"`);
    if (this.dash.length) parts.push(` stroke-dasharray="${this.dash.map(fix).join(" ")}"`);
    return parts.join("") + this.alpha();
  }

  private alpha(): string {
    return this.globalAlpha < 1 ? ` opacity="${fix(this.globalAlpha)}"` : "";
  }
}

function fix(v: number): string {
  return String(Math.round(v * 100) / 100);
}

function box(x: number, y: number, w: number, h: number): string {
  return `x="${fix(x)}" y="${fix(y)}" width="${fix(w)}" height="${fix(h)}"`;
}

function ink(paint: string | Tile): string {
  return typeof paint === "string" ? paint : `url(#${paint.id})`;
}

function escaped(text: string): string {
  const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (sign) => signs[sign]!);
}
