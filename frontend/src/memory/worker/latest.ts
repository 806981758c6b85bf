/** Values by step, of each head the last few: those who ask about the same head at once are few, and a row of a long run is large. */

/** The playhead, the pointer, and a moment of training that is being prepared. */
const ASKERS = 3;

export class Latest<V> {
  private readonly heads = new Map<string, Map<number, V>>();

  get(head: string, t: number): V | undefined {
    return this.heads.get(head)?.get(t);
  }

  set(head: string, t: number, value: V): void {
    let steps = this.heads.get(head);
    if (!steps) this.heads.set(head, (steps = new Map<number, V>()));
    steps.delete(t);
    steps.set(t, value);
    const [oldest] = steps.keys();
    if (steps.size > ASKERS) steps.delete(oldest!);
  }

  delete(head: string, t: number): void {
    this.heads.get(head)?.delete(t);
  }
}
