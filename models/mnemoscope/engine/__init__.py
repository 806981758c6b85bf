"""The same step at full speed: traced once, turned into loops, emitted as WebAssembly, run by wasmtime or a browser.

`build` makes a module of a step (a function of tensors) and raises Unsupported for one it cannot run faithfully; an `Engine` runs it.
Its numbers are torch's up to rounding, and the same bits on every machine.
"""

from mnemoscope.engine.build import Module, RecordedStep, build, grown
from mnemoscope.engine.emit import EMITTER
from mnemoscope.engine.run import Engine, available

__all__ = ["EMITTER", "Engine", "Module", "RecordedStep", "available", "build", "grown"]
