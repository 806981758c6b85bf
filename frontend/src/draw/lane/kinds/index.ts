/** How each kind of memory is drawn: a line per kind, as in memory/kinds. */
import type { ModelLog } from "../../../memory/log";
import type { KindName, MemoryOf } from "../../../memory/kinds";
import { drawAppend } from "./append";
import { drawAssociative } from "./associative";
import type { Drawn } from "./base";
import { drawCell } from "./cell";
import { drawMatrix } from "./matrix";
import { drawRecurrent } from "./recurrent";

type Draw<K extends KindName> = (model: ModelLog, memory: MemoryOf<K>, planned: number) => Drawn;

const DRAWN: { readonly [K in KindName]: Draw<K> } = {
  matrix: drawMatrix,
  cell: drawCell,
  append: drawAppend,
  recurrent: drawRecurrent,
  associative: drawAssociative,
};

/** A bank of a model as a lane draws it; `planned` is the length the run is planned to have. */
export function drawnOf(model: ModelLog, bank: string, planned: number): Drawn {
  const memory = model.memory(bank);
  // The log has checked that the kind is known, and each kind opens its own memory.
  const draw = DRAWN[memory.bank.kind as KindName] as Draw<KindName>;
  return draw(model, memory as never, planned);
}
