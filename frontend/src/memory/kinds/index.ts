/**
 * The kinds of memory there are. A new one is a module beside these and a line here (and one in draw/lane/kinds); nothing else asks
 * for a kind by its name.
 */
import { fail } from "../../wire/json";
import { BANK_EXTRAS } from "../../wire/manifest";
import type { BankExtra, BankSpec, FrameSpec, Manifest } from "../../wire/manifest";
import { append } from "./append";
import { associative } from "./associative";
import type { BankLog, Kind, Memory, Shapes } from "./base";
import { cell } from "./cell";
import { matrix } from "./matrix";
import { recurrent } from "./recurrent";

export const KINDS = { matrix, cell, append, recurrent, associative } as const;

export type KindName = keyof typeof KINDS;
/** The memory that a kind opens. */
export type MemoryOf<K extends KindName> = ReturnType<(typeof KINDS)[K]["open"]>;

const BY_NAME: ReadonlyMap<string, Kind> = new Map(Object.entries(KINDS));

/** The kind of a bank. Throws ManifestError for one that is not known. */
export function kindOf(bank: BankSpec, path = `bank ${bank.name}`): Kind {
  return (
    BY_NAME.get(bank.kind) ?? fail(`${path}.kind`, `wanted a bank of kind ${[...BY_NAME.keys()].join(", ")}`, bank.kind)
  );
}

export function openMemory(log: BankLog, bank: BankSpec): Memory {
  return kindOf(bank).open(log, bank);
}

/**
 * Refuses a manifest with a bank whose kind is unknown, that carries what its kind does not have, or whose frames or keyframes lack
 * what its kind needs. Throws ManifestError with the path of the first wrong key. After it the rooms may index without asking again.
 */
export function checkBanks(manifest: Manifest): void {
  manifest.models.forEach((model, stream) => {
    const path = `models[${stream}]`;
    model.banks.forEach((bank, i) => checkBank(bank, `${path}.banks[${i}]`));
    for (const bank of model.banks) {
      const kind = kindOf(bank);
      requireTensors(model.frame, bank, kind.frame(bank), `${path}.frame`);
      requireTensors(model.keyframe, bank, kind.keyframe(bank), `${path}.keyframe`);
    }
  });
}

function checkBank(bank: BankSpec, path: string): void {
  const kind = kindOf(bank, path);
  kind.check(bank, path);
  for (const [extra, key] of Object.entries(BANK_EXTRAS) as [BankExtra, string][]) {
    if (!bank[extra] || kind.extras.includes(extra)) continue;
    const owners = [...BY_NAME.values()].filter(({ extras }) => extras.includes(extra)).map(({ name }) => name);
    fail(`${path}.${key}`, `wanted ${key} only on a bank of kind ${owners.join(", ")}`, bank.kind);
  }
}

function requireTensors(frame: FrameSpec, bank: BankSpec, shapes: Shapes, path: string): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const tensor = frame.tensors.find((entry) => entry.bank === bank.name && entry.name === name);
    if (!tensor) return fail(path, `wanted tensor ${name} of ${bank.kind} bank ${bank.name}`, "nothing of that name");
    if (tensor.shape.join() !== shape.join()) {
      fail(`${path}: ${bank.name}.${name}`, `wanted shape [${shape.join(", ")}]`, `[${tensor.shape.join(", ")}]`);
    }
  }
}
