/**
 * How much of a moment is still held: what erasing has left of the write of step s, at step t.
 *
 * The write of step s put `A_s` into the bank and later steps multiplied it by `D = Π_{k=s+1..t} decay_k`; both follow
 * from the log, like the shares. Held is the part of the write that is still there, in the inner product the shares use:
 *
 *     held(s, t) = ⟨A_s ⊙ D, A_s⟩ / ⟨A_s, A_s⟩          1 right after the write, never above 1, 0 once overwritten
 *
 *   matrix       A_s[i, j] = Σ_h w_{s,h}[i] v_{s,h}[j]   decay_k = ψ_k Π_h (1 − w_h e_hᵀ)
 *   cell         A_s[u] = i_s[u] g_s[u]                  decay_k = f_k
 *   append       never erased: 1 (0 where a gated bank wrote nothing)
 *
 * Two kinds of bank do not only fade what they hold but turn it, so D is a product of matrices and held is what is left along
 * the direction in which it was written: it may be negative or grow again.
 *
 *   recurrent    A_s = ρ_s ⊙ d_s                         D = Π diag(ρ_k) W
 *   associative  A_s = k_s (w_s ⊙ v_s)ᵀ of all heads     D = Π (I − k_k (b_k ⊙ k_k)ᵀ) Diag(α_k)
 *
 * It says nothing about how large the write was (`norm` does), nor whether anybody reads it (the shares do).
 */
import type { Memory } from "../memory/kinds/base";
import { sumOf } from "../memory/kinds/reading";

/** held(s, t) of one moment. 0 for s > t, and where the step wrote nothing. */
export function heldShare(memory: Memory, s: number, t: number): number {
  return sumOf(memory.held.slots(s, t));
}
