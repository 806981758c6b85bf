"""The optimizer that finds memories in the fewest updates here: RMSProp in the form of Graves 2013."""
# pyright: reportPrivateImportUsage=false, reportPrivateUsage=false
# torch._foreach_* is what torch's own optimizers are made of; one call for all parameters is a third of the time

from typing import Any

import torch


class GravesRMSProp(torch.optim.Optimizer):
    """Graves 2013 (arXiv 1308.0850), eq. 38-45: centred RMSProp with momentum, ε *inside* the root.

    torch's own RMSprop adds ε outside the root, which at lr 1e-4 makes steps many times longer where gradients are small.
    """

    def __init__(
        self, parameters: Any, *, lr: float = 1e-4, decay: float = 0.95, momentum: float = 0.9, epsilon: float = 1e-4
    ):
        super().__init__(parameters, {"lr": lr, "decay": decay, "momentum": momentum, "epsilon": epsilon})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One update of every parameter that has a gradient."""
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            gradients = [p.grad for p in parameters]
            for p in parameters:
                if not self.state[p]:
                    self.state[p] = {name: torch.zeros_like(p) for name in ("square", "mean", "delta")}
            square, mean, delta = ([self.state[p][name] for p in parameters] for name in ("square", "mean", "delta"))
            keep = group["decay"]
            torch._foreach_mul_(square, keep)
            torch._foreach_addcmul_(square, gradients, gradients, 1 - keep)
            torch._foreach_mul_(mean, keep)
            torch._foreach_add_(mean, gradients, alpha=1 - keep)
            root = torch._foreach_add(square, group["epsilon"])
            torch._foreach_addcmul_(root, mean, mean, -1)
            torch._foreach_sqrt_(root)
            torch._foreach_mul_(delta, group["momentum"])
            torch._foreach_addcdiv_(delta, gradients, root, -group["lr"])
            torch._foreach_add_(parameters, delta)
