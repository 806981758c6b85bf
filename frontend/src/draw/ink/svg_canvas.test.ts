import { describe, expect, it } from "vitest";
import { SvgContext } from "./svg_canvas";

function svg(): SvgContext {
  return new SvgContext(100, 50, "#fff", {
    measure: (words) => words.length * 6,
    picture: (_, part, width, height) => `data:${part.join()}/${width}x${height}`,
  });
}
const body = (p: SvgContext): string[] => p.document("A & B").trim().split("\n").slice(3, -1);

describe("the context that writes SVG", () => {
  it("keeps shapes and letters as vectors, with their paint", () => {
    const p = svg();
    p.fillStyle = "#123456";
    p.globalAlpha = 0.5;
    p.fillRect(1.234, 2, 3, 4);
    p.globalAlpha = 1;
    p.font = '600 12px Inter, "Segoe UI"';
    p.textAlign = "center";
    p.fillText("a < b", 10, 20);
    p.beginPath();
    p.moveTo(0, 0);
    p.lineTo(5, 5);
    p.setLineDash([1, 2]);
    p.lineWidth = 1.5;
    p.stroke();
    const [rect, text, path] = body(p);
    expect(rect).toBe('<rect x="1.23" y="2" width="3" height="4" fill="#123456" opacity="0.5"/>');
    expect(text).toContain('font-size="12" font-weight="600" text-anchor="middle" fill="#123456">a &lt; b</text>');
    expect(text).toContain('y="24.2"');
    expect(path).toBe('<path d="M0 0L5 5" fill="none" stroke="#000" stroke-width="1.5" stroke-dasharray="1 2"/>');
    expect(p.document("A & B")).toContain("<title>A &amp; B</title>");
  });

  it("save and restore bring back paint and clip; clips nest", () => {
    const p = svg();
    p.save();
    p.beginPath();
    p.rect(0, 0, 10, 10);
    p.clip();
    p.save();
    p.beginPath();
    p.rect(5, 5, 10, 10);
    p.clip();
    p.fillStyle = "red";
    p.fillRect(0, 0, 1, 1);
    p.restore();
    p.fillRect(1, 0, 1, 1);
    p.restore();
    p.fillRect(2, 0, 1, 1);
    expect(body(p)).toEqual([
      '<rect x="0" y="0" width="1" height="1" fill="red" clip-path="url(#clip1)"/>',
      '<rect x="1" y="0" width="1" height="1" fill="#000" clip-path="url(#clip0)"/>',
      '<rect x="2" y="0" width="1" height="1" fill="#000"/>',
    ]);
    expect(p.document("")).toContain('<clipPath id="clip1" clip-path="url(#clip0)">');
  });

  it("draws a whole circle, and part of a canvas at twice its size", () => {
    const p = svg();
    p.beginPath();
    p.arc(10, 10, 4, 0, 7);
    p.fill();
    p.drawImage({} as CanvasImageSource, 2, 3, 4, 5, 10, 11, 12, 13);
    const [circle, image] = body(p);
    expect(circle).toBe('<path d="M14 10A4 4 0 0 1 6 10A4 4 0 0 1 14 10" fill="#000"/>');
    expect(image).toContain('href="data:2,3,4,5/24x26"');
    expect(image).toContain("image-rendering:pixelated");
  });
});
