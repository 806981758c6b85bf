// Generated from bit_tasks.json by `npm run wire`. Do not edit.

/** Tasks of bits when the manifest did not say yet what a task's numbers are. */
export const BIT_TASKS: readonly string[] = ["copy","repeat-copy","associative-recall","ngrams","priority-sort"];
