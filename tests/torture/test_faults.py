"""`make torture` names tests: those that there are."""

import pytest

from tests import ROOT
from tests.torture.faults import FAULTS


@pytest.mark.parametrize("fault", FAULTS)
def test_the_test_that_makes_a_fault_is_there(fault):
    path, _, name = FAULTS[fault].partition("::")
    assert f"\ndef {name}(" in (ROOT / path).read_text("utf-8")
