"""What to take after a fit, the baselines included: said first where one of them wins."""

from dataclasses import dataclass

from mnemoscope.training.fitting.scoring import BASELINES, MIN_BLOCKS, Scores, apart


@dataclass(frozen=True)
class Advice:
    """`take` is "after", "before" or the key of a baseline; `text` says so with the figures."""

    take: str
    text: str


def advise(label: str, scores: dict[str, Scores], *, scratch: bool = False) -> Advice:
    """From the scores on the part never seen, by "before", "after" and the keys of BASELINES.

    A model is only advised where it is better than the best baseline beyond the band of their difference: of equals the
    simpler one. With fewer blocks than make a band the rank decides, and the sentence says so.
    """
    before, after = scores["before"].mase, scores["after"].mase
    rival = min(BASELINES, key=lambda key: scores[key].mase)
    mine = "after" if after <= before else "before"
    settled = apart(scores[mine], scores[rival])
    beaten = scores[rival].mase <= scores[mine].mase
    level = settled is False
    name, figure = BASELINES[rival], f"{scores[rival].mase:.3f}"
    start = "untrained" if scratch else "as shipped"
    change = f"{label} {before:.3f} {start}, {after:.3f} fitted"
    if beaten and not level:
        text = f"{_first(name)} beats it here ({figure}): {change}. Take {name}."
    elif level:
        text = f"{_first(name)} ({figure}) and the {label} are level here: {change}. Take {name}, the simpler one."
    elif mine == "before":
        text = f"Fitting did not help: {change}; {name} {figure}. Take the {label} as it was."
    else:
        text = f"Worth it here: {change}; {name} {figure}. Take the fitted {label}."
    if settled is None:
        blocks = len(scores[mine].missed)
        text += f" Rank only: {blocks} block{'' if blocks == 1 else 's'}, a band needs {MIN_BLOCKS}."
    return Advice(rival if beaten or level else mine, text)


def _first(name: str) -> str:
    return name[0].upper() + name[1:]
