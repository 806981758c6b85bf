"""The viewer as Python sees it: where the built page lies, and a recording as one HTML file.

>>> from mnemoscope.reading.recording import Recording
>>> from mnemoscope_viewer import page
>>> html = page(Recording.open("run.mnemo"))  # doctest: +SKIP
"""

from mnemoscope_viewer.build import BundleMissing, bundle
from mnemoscope_viewer.single import page, parts

__all__ = ["BundleMissing", "bundle", "page", "parts"]
