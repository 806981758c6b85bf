"""Products of attention's scores: what they are, and that BLAS does not spread them over threads, which would spin while they wait."""

import os
import subprocess
import sys

import numpy as np
import pytest

from mnemoscope.kinds.append import product

TIMED = """
import time
import numpy as np
from mnemoscope.kinds.append import product
rows, columns = np.ones((64, 24)), np.ones((24, 512))
product(rows, columns)
process, thread = time.process_time(), time.thread_time()
for _ in range(4000):
    product(rows, columns)
print(time.process_time() - process, time.thread_time() - thread)
"""


@pytest.mark.parametrize(
    ("steps", "width", "keys"), [(64, 24, 512), (300, 24, 512), (7, 3, 5), (1, 600, 700), (0, 4, 9)]
)
def test_a_product_in_parts_is_the_product(steps: int, width: int, keys: int) -> None:
    rng = np.random.default_rng(1)
    rows, columns = rng.standard_normal((steps, width)), rng.standard_normal((width, keys))
    np.testing.assert_allclose(product(rows, columns), rows @ columns, rtol=1e-12, atol=1e-12)


def test_a_product_takes_one_thread() -> None:
    free = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run([sys.executable, "-c", TIMED], check=True, capture_output=True, text=True, env=free)
    process, thread = map(float, done.stdout.split())
    assert process < 1.3 * thread
