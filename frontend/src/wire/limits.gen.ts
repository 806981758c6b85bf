// Generated from openapi.json by `npm run wire`. Do not edit.

/** Models of one recording, moments of a training counted one by one. */
export const MAX_MODELS = 64;

/** What the settings of a bridge may be. */
export const BRIDGE_RANGES = {"erase":{"minimum":0,"maximum":1},"free":{"minimum":0,"maximum":1},"links":{"minimum":0,"maximum":1},"overwrite":{"minimum":0,"maximum":1},"recurrence":{"minimum":0,"maximum":2},"slots":{"minimum":1,"maximum":1024}} as const;
