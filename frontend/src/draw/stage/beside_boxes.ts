/** How high the strips of the channels beside the signal are: the lanes under them stay legible. */

/** From one strip beside the signal to the next, where there is room and where there is little. */
const PITCHES = [27, 21, 17, 14] as const;
/** Height of a strip that is opened without being asked for. */
export const ROOMY = 14;
/** Heights of a lane that strips leave it, the better ones first. */
export const LEGIBLE = [64, 48, 32] as const;

export interface Strips {
  count: number;
  /** From one to the next. */
  pitch: number;
  /** Above the line of each, for its words. */
  head: number;
  /** Of all together. */
  h: number;
}

function stripsOf(count: number, pitch: number, head = 0): Strips {
  return { count, pitch, head, h: count ? count * pitch + 4 : 0 };
}

/** Strips as high as leaves the lanes legible; the lowest where nothing does. */
export function stripsFor(count: number, laneWith: (strips: Strips) => number): Strips {
  const choices = PITCHES.map((pitch) => stripsOf(count, pitch));
  for (const least of LEGIBLE) {
    const found = choices.find((strips) => laneWith(strips) >= least);
    if (found) return found;
  }
  return choices.at(-1)!;
}

/** On a phone the words stand above each line. */
export function phoneStrips(count: number): Strips {
  return stripsOf(count, 38, 16);
}

/** Height that open strips add to the stage of a phone, which scrolls. */
export function phoneHeight(beside: number): number {
  return phoneStrips(beside).h;
}
