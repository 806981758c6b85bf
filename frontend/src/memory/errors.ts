import { MnemoscopeError } from "../wire/errors";

/** A question the log cannot answer: a step it does not hold, a bank or head the model does not have. */
export class LedgerError extends MnemoscopeError {}
