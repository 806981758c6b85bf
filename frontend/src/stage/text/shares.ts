/** What a share below nothing or above the whole means: said in the legend, and where such a number stands. */
export const CANCELS =
  "Above 100% or negative: writes that point against each other cancel in the read; those that take away have dashed arcs.";
