from os import PathLike
from typing import Any, BinaryIO, Self

from numpy.typing import NDArray

class SoundFileRuntimeError(RuntimeError): ...

class LibsndfileError(SoundFileRuntimeError):
    error_string: str

class SoundFile:
    def __init__(self, file: str | PathLike[str] | BinaryIO) -> None: ...
    format: str
    subtype: str
    samplerate: int
    frames: int
    channels: int
    def read(self, frames: int = ..., dtype: str = ..., always_2d: bool = ...) -> NDArray[Any]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *args: object) -> None: ...
