import { MnemoscopeError } from "../wire/errors";

/** A model that cannot be run in this page. */
export class EngineError extends MnemoscopeError {
  constructor(code: string, message: string, cure: string | null = null) {
    super(code, message, null, cure);
  }
}
