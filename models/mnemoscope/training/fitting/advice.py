"""What to take after a fit, the baselines included: said first where one of them wins."""

from dataclasses import dataclass

from mnemoscope.training.fitting.scoring import MIN_BLOCKS, Scores, apart
from mnemoscope.training.fitting.subject import BASELINES, Subject


@dataclass(frozen=True)
class Advice:
    """`take` is "after", "before" or the key of a baseline; `text` says so with the figures."""

    take: str
    text: str


def advise(label: str, scores: dict[str, Scores], subject: Subject, *, scratch: bool = False) -> Advice:
    """From the scores on the part never seen, by "before", "after" and the keys of the subject's baselines.

    A model is only advised where it is better than the best rival beyond the band of their difference: of equals the
    simpler one; so a fit that is level with what it began from is not. With fewer blocks than make a band the rank decides, and the sentence says so. References are said last.
    """
    before, after = scores["before"].error, scores["after"].error
    rival = min(subject.rivals, key=lambda key: scores[key].error)
    changed = after < before and apart(scores["after"], scores["before"]) is not False
    mine = "after" if changed else "before"
    settled = apart(scores[mine], scores[rival])
    beaten = scores[rival].error <= scores[mine].error
    level = settled is False
    name, figure = BASELINES[rival], f"{scores[rival].error:.3f}"
    start = "untrained" if scratch else "as shipped"
    change = f"{label} {before:.3f} {start}, {after:.3f} fitted"
    if beaten and not level:
        text = f"{_first(name)} beats it here ({figure}): {change}. Take {name}."
    elif level:
        text = f"{_first(name)} ({figure}) and the {label} are level here: {change}. Take {name}, the simpler one."
    elif mine == "before" and after < before:
        text = f"Fitting brought nothing that shows: {change}; {name} {figure}. Take the {label} as it was."
    elif mine == "before":
        text = f"Fitting did not help: {change}; {name} {figure}. Take the {label} as it was."
    else:
        text = f"Worth it here: {change}; {name} {figure}. Take the fitted {label}."
    if settled is None:
        blocks = len(scores[mine].wrong)
        text += f" Rank only: {blocks} block{'' if blocks == 1 else 's'}, a band needs {MIN_BLOCKS}."
    text = f"{text} {subject.reference()}".rstrip()
    return Advice(rival if beaten or level else mine, text)


def _first(name: str) -> str:
    return name[0].upper() + name[1:]
