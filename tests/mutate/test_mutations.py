"""Every line of the table stands where it says, once: a mutation that fits nowhere proves nothing."""

import pytest

from tests import ROOT
from tests.mutate.__main__ import find
from tests.mutate.mutations import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.breaks)
def test_the_line_to_mutate_is_there_once(mutation: Mutation) -> None:
    find(ROOT, mutation)
    assert mutation.new != mutation.old
    for test in mutation.tests:
        path = test.split("::")[0]
        assert (ROOT / path).exists() or (ROOT / "frontend" / path).exists(), test
