import { loadPart, type LatePart } from "../ui/late_parts";

/**
 * Parts of the stage that its first picture does without: loaded when they are wanted, or once the picture stands, so that they
 * are there when the server is not. An exported file, which has nowhere to load them from, carries all it can use (single.ts).
 */
export const late = {
  failure: () => import("./inspector/FailureNote.svelte"),
  lane: () => import("./canvas/LaneMenu.svelte"),
  moment: () => import("./inspector/MomentCard.svelte"),
  report: () => import("./CopyReport.svelte"),
  slot: () => import("./inspector/SlotCard.svelte"),
  links: () => import("./inspector/LinkMatrixCard.svelte"),
  missing: () => import("./inspector/MissingStepCard.svelte"),
  model: () => import("./inspector/ModelCard.svelte"),
  notices: () => import("./StageNotices.svelte"),
  commands: () => import("./commands/Palette.svelte"),
  keys: () => import("./commands/KeyHelp.svelte"),
  exporting: () => import("./ExportMenu.svelte"),
  readMap: () => import("./canvas/ReadMap.svelte"),
  selection: () => import("./inspector/SelectionCard.svelte"),
  similar: () => import("./inspector/SimilarCard.svelte"),
  training: () => import("./transport/TrainingScrubber.svelte"),
  source: () => import("./source/SourceBar.svelte"),
} as const;

/** What makes a file of the picture. */
export const pictures = () => import("./image_export");

/** Loads them all; what cannot be had now is asked for again when it is wanted. */
export function loadLate(): void {
  const quiet = (): undefined => undefined;
  void pictures().catch(quiet);
  for (const part of Object.values(late)) void loadPart(part as LatePart<never>).catch(quiet);
}
