/** The signal of a file: what was read of it, which column is heard, which part of it, and how it is prepared. */

import { api } from "../../server/api";
import { ApiError } from "../../server/errors";
import { MAX_BESIDE } from "../../wire/manifest";
import type { Upload } from "../../wire/wire.gen";
import type { Span } from "./brush";

export class FileSignal {
  /** A file as it was read, or what was drawn, which travels as one. */
  upload = $state.raw<Upload | null>(null);
  drawn = $state(false);
  name = $state("");
  channel = $state(0);
  /** Columns that are shown under the signal and not heard, in order. */
  private also = $state.raw<readonly number[]>([]);
  /** The column whose labels become events. */
  labels = $state<number | null>(null);
  start = $state(0);
  stop = $state(0);
  resample = $state<number | null>(null);
  missing = $state<"hold" | "linear" | "drop">("hold");
  scaling = $state<"zscore" | "robust" | "none">("zscore");
  keepName = $state(false);
  /** Which rows of the channel the overview is of; null: all. */
  view = $state.raw<Span | null>(null);
  /** What was read is being deleted: nothing more is asked of it. */
  deleting = $state(false);

  /** The channel as it was read; null while there is none. */
  readonly column = $derived(this.upload?.report.columns[this.channel] ?? null);
  /** Rows of the channel a second. */
  readonly rate = $derived(this.column?.sample_rate ?? null);
  readonly rowsPerStep = $derived(this.resample && this.rate ? this.rate / this.resample : 1);

  /** Rows of the channel; of the file, where it does not say. */
  get rows(): number {
    return this.column?.rows ?? this.upload?.report.rows ?? 0;
  }

  /** Columns shown under the signal, which itself is none of them. */
  get beside(): readonly number[] {
    return this.also.filter((index) => index !== this.channel);
  }

  /** Shows a column under the signal, or no longer; one more than there may be is not taken. */
  showBeside(index: number): void {
    const { beside } = this;
    if (beside.includes(index)) this.also = beside.filter((one) => one !== index);
    else if (beside.length < MAX_BESIDE) this.also = [...beside, index].sort((a, b) => a - b);
  }

  /** The server has read a file, or what was drawn, of which all is taken; of a file no window is chosen yet. */
  take(result: Upload, name: string, drawn: boolean): void {
    // A replaced upload is deleted at once. If that fails, the server deletes it when it expires.
    if (this.upload) void api.removeUpload(this.upload.id).catch(() => undefined);
    this.upload = result;
    this.drawn = drawn;
    this.name = name;
    this.channel = result.report.channel;
    this.also = [];
    this.labels = result.report.columns.find((column) => column.labels > 0)?.index ?? null;
    this.resample = drawn ? null : (this.column?.resample_to ?? null);
    this.start = 0;
    this.stop = drawn ? this.rows : 0;
    this.view = null;
  }

  /** What was chosen of the file before it was read otherwise, where it is still there -> whether the channel has the rows that it had. */
  keep(before: Chosen): boolean {
    const { columns } = this.upload!.report;
    this.also = columns.filter((one) => one.min !== null && before.beside.includes(one.name)).map(({ index }) => index);
    const same = columns.find((one) => one.name === before.channel && one.min !== null);
    if (same) this.channel = same.index;
    if (columns[before.labels ?? -1]?.labels) this.labels = before.labels;
    if (this.rate !== null && same?.sample_rate === before.rate) this.resample = before.resample;
    return same !== undefined && same.rows === before.rows;
  }

  /** What is chosen now, by the names of the columns. */
  chosen(): Chosen {
    const { column, labels, resample } = this;
    const beside = this.beside.map((index) => this.upload?.report.columns[index]?.name ?? "");
    return { channel: column?.name, rows: column?.rows, rate: column?.sample_rate, beside, labels, resample };
  }

  /** Deletes what the server read of the file, and forgets the file -> whether it is gone, and no other has taken its place. */
  async forget(): Promise<boolean> {
    const { upload } = this;
    if (!upload) return false;
    this.deleting = true;
    try {
      await api.removeUpload(upload.id);
    } catch (reason) {
      if (!(reason instanceof ApiError && reason.code === "unknown-upload")) throw reason; // its time was over
    } finally {
      this.deleting = false;
    }
    if (this.upload !== upload) return false;
    this.upload = null;
    this.name = "";
    return true;
  }

  /** The part that is chosen, as the server is asked for it. */
  selected() {
    const { channel, labels, start, stop, missing, scaling, resample } = this;
    return { channel, beside: [...this.beside], labels, start, stop, resample_to: resample, missing, scaling };
  }
}

interface Chosen {
  readonly channel: string | undefined;
  readonly rows: number | undefined;
  readonly rate: number | null | undefined;
  readonly beside: readonly string[];
  readonly labels: number | null;
  readonly resample: number | null;
}
