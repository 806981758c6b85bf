/** What the page looks at, as what stands behind the # of its address. */
export interface Look {
  /** The delay under the crosshair; null: none chosen. */
  readonly at: number | null;
  /** The model that is looked at alone. */
  readonly only: string | null;
}

export function parseLook(hash: string): Look {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const at = fields.get("at");
  return { at: at !== null && /^\d{1,6}$/.test(at) ? Number(at) : null, only: fields.get("only") || null };
}

export function formatLook({ at, only }: Look): string {
  const fields = new URLSearchParams();
  if (at !== null) fields.set("at", String(at));
  if (only !== null) fields.set("only", only);
  const text = fields.toString();
  return text && `#${text}`;
}
