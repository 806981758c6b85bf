/**
 * The errors of the data floor. Every one says what was wanted and what came (`message`), where, and what to do (`cure`).
 *
 *   MnemoscopeError
 *   ├── ManifestError    the description of a recording cannot be used
 *   ├── MessageError     bytes that are no frame message of this recording
 *   ├── EmbeddedError    an exported page whose data cannot be read
 *   └── LedgerError      a question the log cannot answer (memory/log.ts)
 */
export class MnemoscopeError extends Error {
  /** Stable name of the error, for programs: `bad-header`, `newer-version`, … */
  readonly code: string;
  /** Place: a key path of the manifest, a byte offset, a step. Null where there is none. */
  readonly where: string | null;
  /** What a person can do about it. */
  readonly cure: string | null;

  constructor(code: string, message: string, where: string | null = null, cure: string | null = null) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.where = where;
    this.cure = cure;
  }
}

export class ManifestError extends MnemoscopeError {}

export class MessageError extends MnemoscopeError {}

export class EmbeddedError extends MnemoscopeError {}
