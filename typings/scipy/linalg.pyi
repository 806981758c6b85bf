import numpy as np
from numpy.typing import ArrayLike, NDArray

def expm(A: ArrayLike) -> NDArray[np.float64]: ...
