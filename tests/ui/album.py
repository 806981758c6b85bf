"""Pictures of one state of a page: four sizes, both themes, kept under test-artefacts/; and what can be measured in each.

A page is opened once and resized like a window, and changes its theme as the system does; so a state that takes long to
come about (a live run, a lost connection) is made once for its eight pictures.
"""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import CDPSession, Page

from tests import ROOT

SIZES = {"1440": (1440, 900), "1280": (1280, 720), "820": (820, 1180), "390": (390, 844)}
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
SETTLING_MS = 500  # before trouble is looked at again
RULES_AT = ("-1440", "-390")
"""Sizes at which axe-core looks: the page with everything beside each other, and with everything below each other."""

RUN = """async () => (await axe.run()).violations.map((v) => `${v.id} (${v.impact}): ` +
  v.nodes.map((n) => n.html.slice(0, 200) + ' — ' + n.failureSummary).join('; '))"""

# Until every lane that can has its arcs (one that failed never has any) and a small copy of the picture is twice the same: columns
# are painted over several frames. A picture that moves by itself is taken as it is after a while.
PAINTED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const end = performance.now() + 1500, small = new OffscreenCanvas(96, 96).getContext('2d', { willReadFrequently: true });
  let before = null;
  for (let k = 0; k < 3; k++) await frame();
  while (performance.now() < end) {
    const canvas = document.querySelector('[role=application]');
    if (!canvas?.width) return;
    small.clearRect(0, 0, 96, 96);
    small.drawImage(canvas, 0, 0, 96, 96);
    const now = new Uint32Array(small.getImageData(0, 0, 96, 96).data.buffer);
    const reads = (canvas.dataset.reads ?? '@').split(' ').every((part) => part.includes('@'));
    if (before && now.every((pixel, at) => pixel === before[at]) && (reads || performance.now() > end - 1000)) return;
    before = now;
    for (let k = 0; k < 4; k++) await frame();
  }
}"""

# Height of a window that shows all of a page.
WHOLE = "() => { const m = document.querySelector('main'); return innerHeight - m.clientHeight + m.scrollHeight; }"

# What is wrong with how the page lies in its window, as sentences.
MISFITS = """() => {
  const out = new Set(), root = document.documentElement;
  const name = (e) => e.getAttribute('aria-label') ?? e.getAttribute('role') ?? e.className ?? e.tagName;
  if (root.scrollWidth > innerWidth) out.add(`the page is ${root.scrollWidth - innerWidth} px too wide`);
  for (const box of document.querySelectorAll('main, [role=dialog], [role=menu]'))
    if (box.scrollWidth > box.clientWidth) out.add(`${name(box)} is ${box.scrollWidth - box.clientWidth} px too narrow`);
  for (const box of document.querySelectorAll('[role=dialog], [role=menu]')) {
    const { left, top, right, bottom } = box.getBoundingClientRect();
    if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) out.add(`${name(box)} leaves the window`);
  }
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = words.nextNode(); text; text = words.nextNode()) {
    const holder = text.parentElement;
    if (!text.data.trim() || !holder.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const part of range.getClientRects()) {
      if (part.width < 1) continue;
      for (let box = holder; box; box = box.parentElement) {
        const style = getComputedStyle(box), edge = box.getBoundingClientRect();
        if (edge.width <= 1 || style.clipPath !== 'none') break; // words for those who do not see
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        const across = part.right > edge.right + 1 || part.left < edge.left - 1;
        const along = part.bottom > edge.bottom + 3 || part.top < edge.top - 3;
        const told = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
        const by = Math.round(Math.max(part.right - edge.right, edge.left - part.left));
        if (across && style.overflowX === 'hidden' && !told)
          out.add(`cut off at the side: ${text.data.trim()} (${by} px out of ${Math.round(edge.width)}, ${box.tagName})`);
        if (along && style.overflowY === 'hidden' && !told) out.add(`cut off above or below: ${text.data.trim()}`);
        if (across || along) break; // what a box hides or scrolls is not to be seen further out
      }
    }
  }
  for (const field of document.querySelectorAll('input[placeholder]')) {
    const pen = new OffscreenCanvas(1, 1).getContext('2d'), { font, paddingLeft, paddingRight } = getComputedStyle(field);
    pen.font = font;
    const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    if (field.checkVisibility() && pen.measureText(field.placeholder).width > room)
      out.add(`cut off in a field: ${field.placeholder}`);
  }
  // Something to press that lies under something else. What is scrolled out of sight, or behind a dialog, is not meant.
  const over = document.querySelector('[role=dialog], [role=menu]');
  for (const item of (over ?? document).querySelectorAll('button, a, select, input:not(.vh)')) {
    const { left, top, width, height } = item.getBoundingClientRect(), x = left + width / 2, y = top + height / 2;
    if (width < 2 || item.disabled || !item.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    let seen = x > 0 && y > 0 && x < innerWidth && y < innerHeight;
    for (let box = item.parentElement; box && seen; box = box.parentElement) {
      const edge = box.getBoundingClientRect();
      if (getComputedStyle(box).overflowX !== 'visible')
        seen = x > edge.left && x < edge.right && y > edge.top && y < edge.bottom;
    }
    const there = seen ? document.elementFromPoint(x, y) : item;
    if (!item.contains(there) && !there?.contains(item) && !there?.closest('label')?.contains(item))
      out.add(`${item.getAttribute('aria-label') ?? item.textContent.trim()} is covered by ${name(there)}`);
  }
  return [...out];
}"""


def violations(page: Page) -> list[str]:
    """Rules of axe-core that the page violates now. The rules come in through the debugger: the page's own content policy stays in
    force, and would rightly refuse a script."""
    if not AXE.is_file():
        pytest.fail("axe-core is missing. Run: npm --prefix frontend ci", pytrace=False)
    if not page.evaluate("() => 'axe' in window"):
        debugger(page).send("Runtime.evaluate", {"expression": AXE.read_text()})
    return page.evaluate(RUN)


def debugger(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


class Album:
    """The pictures of one test, and the trouble in them: told together when the test ends, so that all are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trouble: list[str] = []
        folder.mkdir(exist_ok=True)

    def turns(self, page: Page, sizes: Sequence[str] = tuple(SIZES)) -> Iterator[str]:
        """Gives the page one theme and size after another, as `dark-1440`; leaves it at its first size, dark."""
        for theme in reversed(THEMES):
            page.emulate_media(color_scheme=theme)
            for size in reversed(sizes):
                width, height = SIZES[size]
                page.set_viewport_size({"width": width, "height": height})
                yield f"{theme}-{size}"

    def take(self, page: Page, shown: str) -> list[str]:
        """The picture `shown`, whose name ends with theme and size -> what is wrong in it."""
        page.evaluate(PAINTED)
        tool = debugger(page)
        # The encoder that is quick: playwright's own takes three times as long.
        data = tool.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})["data"]
        tool.detach()
        (self.folder / f"{shown}.png").write_bytes(base64.b64decode(data))
        wrong = page.evaluate(MISFITS)
        if wrong:  # what a window that has just been resized shows for a frame or two is not meant
            page.wait_for_timeout(SETTLING_MS)
            wrong = page.evaluate(MISFITS)
        if shown.endswith(RULES_AT):
            wrong += violations(page)
        return [f"{shown}: {what}" for what in wrong]

    def keep(self, page: Page, name: str, *, whole: bool = False, owed: str = "") -> None:
        """`name-dark-1440.png` and seven more; `whole`: in a window as high as the page.

        `owed`: trouble that is known and not yet mended, as words of its sentence; when it is gone, that is told too.
        """
        found: list[str] = []
        for shown in self.turns(page):
            while whole and (size := page.viewport_size) and (needed := page.evaluate(WHOLE)) > size["height"]:
                page.set_viewport_size({"width": size["width"], "height": needed})  # lists grow with their window
            found += self.take(page, f"{name}-{shown}")
        known = [line for line in found if owed and owed in line]
        self.trouble += [line for line in found if line not in known]
        if owed and not known:
            self.trouble.append(f"{name}: “{owed}” is mended, nothing is owed any more")
