from typing import Any

# pyarrow makes these functions when it is imported, from the kernels it was built with
def __getattr__(name: str) -> Any: ...
