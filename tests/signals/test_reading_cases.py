"""Files of other programs and people, each held to its numbers, its rate and what has to be asked about it."""

import pytest

from tests.signals.reading_cases import Case
from tests.signals.verdicts import ALL, verdict


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_file_is_read_right_or_asked_about_or_refused_with_a_way_out(case: Case, tmp_path):
    """None is silently wrong: what is not as the truth says was asked, and is right by the switches of the cure."""
    kind, words = verdict(case, tmp_path)
    assert kind != "WRONG", words


def test_there_are_enough_of_them_and_each_has_its_own_name():
    assert len(ALL) >= 120
    assert len({case.name for case in ALL}) == len(ALL)
