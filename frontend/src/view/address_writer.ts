/** Keeps the address bar up to date without flooding the history: at most one write per `every` ms, the last one kept. */

import type { PartialView } from "./fields";
import { serialise } from "./permalink";

export class AddressWriter {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private waiting: string | null = null;
  private last = -Infinity;

  constructor(
    /** Puts the text behind `#` of the address, as history.replaceState does. */
    private readonly replace: (hash: string) => void,
    private readonly every = 400,
    private readonly now: () => number = () => performance.now(),
  ) {}

  write(view: PartialView): void {
    this.waiting = serialise(view);
    if (this.timer !== null) return;
    const wait = this.last + this.every - this.now();
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Writes at once what is waiting: before a link is copied. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.waiting === null) return;
    const hash = this.waiting;
    this.waiting = null;
    this.last = this.now();
    this.replace(hash);
  }

  /** Drops what is waiting: the page is being left, and its successor owns the address. */
  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.waiting = null;
  }
}
