"""A little of what `make fuzz` does at length (fuzzed_api.py)."""

import pytest

from tests.server.fuzzed_api import fuzzed

pytestmark = pytest.mark.server


def test_no_request_that_is_made_up_is_a_server_error(start):
    count, wrong = fuzzed(start(), 4, edges=False)
    assert not wrong
    assert count > 150
