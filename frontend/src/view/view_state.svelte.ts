/** What is looked at, as one reactive state: every setting of a link (`fields.ts`). `serialise` reads it as it is. */
import { ROWS, type View } from "./fields";

export class ViewState implements View {
  t = $state(0);
  speed = $state(8);
  train = $state<View["train"]>(null);
  solo = $state<View["solo"]>(null);
  hidden = $state.raw<View["hidden"]>([]);
  order = $state.raw<View["order"]>([]);
  top = $state.raw<View["top"]>([]);
  muted = $state.raw<View["muted"]>([]);
  folded = $state.raw<View["folded"]>([]);
  rows = $state<View["rows"]>("slots");
  zoom = $state<View["zoom"]>(null);
  from = $state<View["from"]>(null);
  pin = $state.raw<View["pin"]>(null);
  loop = $state.raw<View["loop"]>(null);
  selection = $state.raw<View["selection"]>(null);
  events = $state<View["events"]>("task");
  health = $state<View["health"]>(null);
  beside = $state<View["beside"]>(null);
  banks = $state.raw<View["banks"]>([]);
  heads = $state.raw<View["heads"]>([]);
  contents = $state.raw<View["contents"]>([]);
  map = $state<View["map"]>(null);
  lens = $state<View["lens"]>("mechanism");
  lecture = $state<View["lecture"]>(null);

  /** The settings as they are now, which later changes leave alone. */
  snapshot(): View {
    return Object.fromEntries(ROWS.map(([name]) => [name, this[name]])) as View;
  }
}
