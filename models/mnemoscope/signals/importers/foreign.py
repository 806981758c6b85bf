"""What other people's readers raise on damaged bytes, as an error with a way out."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager

from mnemoscope.errors import ImportFileError, MnemoscopeError


@contextmanager
def foreign(what: str, hint: str) -> Generator[None]:
    """Run a library's reader over `what`: whatever it stumbles over becomes an ImportFileError with `hint`; its warnings are left out."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (MnemoscopeError, MemoryError):
        raise
    except Exception as error:  # damaged bytes make such readers fail in any way at all
        raise ImportFileError(f"{what} cannot be read ({_words(error)})", hint=hint) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of a reader written in Rust; no Exception to Python
            raise
        raise ImportFileError(f"{what} cannot be read ({_words(error)})", hint=hint) from error


def _words(error: BaseException) -> str:
    text = " ".join(str(error).split())[:120]
    return text or type(error).__name__
