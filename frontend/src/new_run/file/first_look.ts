/** The beginning of a long text file, which is read at once while the whole of it is still on its way. */

/** Files that take so long that a first look is worth it, and how much of them is looked at, in bytes. */
const LONG = 4 << 20;
export const LOOKED_AT = 1 << 20;

/**
 * Whole lines from the beginning of a long text; null for a short file, and for one that is no plain text. Long is also what has
 * more than the `most` bytes that can be sent, of which a part goes to what is sent beside them.
 */
export async function beginningOf(file: File, most = Infinity): Promise<File | null> {
  if (file.size < Math.min(LONG, most)) return null;
  const bytes = new Uint8Array(await file.slice(0, Math.min(LOOKED_AT, most / 2)).arrayBuffer());
  const end = bytes.lastIndexOf(10) + 1;
  // bytes below the tab stand in no text of one byte a letter, and soon in every packed or binary file
  if (end === 0 || bytes.subarray(0, 4096).some((byte) => byte < 9)) return null;
  return new File([bytes.subarray(0, end)], file.name);
}
