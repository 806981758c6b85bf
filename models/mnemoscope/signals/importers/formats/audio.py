"""Sound files, and signals that instruments write as such: WAV, FLAC, OGG, AIFF, by libsndfile."""

from pathlib import Path

from mnemoscope.errors import ImportFileError
from mnemoscope.signals.counted import counted
from mnemoscope.signals.importers.gathered import gathered
from mnemoscope.signals.importers.importer import Importer
from mnemoscope.signals.importers.options import ImportOptions
from mnemoscope.signals.importers.table import Table
from mnemoscope.signals.series import Floats

MAX_CHANNELS = 1024
BLOCK = 1 << 18
"""Frames read at a time."""
WIDE = ("PCM_32", "DOUBLE")
"""Kinds of samples that float32 would lose digits of."""


def _sniff(data: bytes) -> float:
    wave = data[:4] in (b"RIFF", b"RF64", b"RIFX") and data[8:12] == b"WAVE"
    aiff = data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC")
    return 1.0 if wave or aiff or data.startswith((b"fLaC", b"OggS")) else 0.0


def _read(path: Path, options: ImportOptions) -> Table:
    import soundfile

    from mnemoscope.signals.importers.regular import MAX_VALUES, Channel, table_of
    from mnemoscope.signals.importers.report import file_facts

    try:
        with soundfile.SoundFile(path) as file:
            kind, encoding, rate = file.format, file.subtype, file.samplerate
            count, width = file.frames, file.channels
            if not (rate > 0 and 0 < width <= MAX_CHANNELS):
                raise ImportFileError(
                    f"the header says {width} channels at {rate} Hz", where="byte 0", hint="Save the file again."
                )
            if count * width > MAX_VALUES:
                raise ImportFileError(
                    f"the file says it has {count} samples of {counted(width, 'channel')}, more than {MAX_VALUES} values",
                    hint="Cut it into parts: `ffmpeg -i FILE -t 60 part.wav`.",
                )
            blocks: list[list[Floats]] = [[] for _ in range(width)]
            while len(block := file.read(BLOCK, dtype="float64" if encoding in WIDE else "float32", always_2d=True)):
                for channel, samples in zip(blocks, block.T, strict=True):
                    channel.append(samples.copy())
    except soundfile.LibsndfileError as error:
        raise ImportFileError(
            f"the sound cannot be read ({error.error_string})", hint="Save it again as WAV: `ffmpeg -i FILE data.wav`."
        ) from error
    length = sum(map(len, blocks[0]))
    if length < 2:
        raise ImportFileError(f"the file has {counted(length, 'sample')}", hint="Choose a file with a signal in it.")
    notes = [] if encoding in ("FLOAT", "DOUBLE") else ["samples are fractions of full scale, −1 … 1"]
    if length < count:
        notes.append(f"the file says it has {count} samples; {length} are there")
    names = ["left", "right"] if width == 2 else [f"channel {i + 1}" for i in range(width)] if width > 1 else ["sound"]
    channels = [Channel(name, gathered(own), None, float(rate)) for name, own in zip(names, blocks, strict=True)]
    words = {"PCM_U8": "8-bit integers", "PCM_S8": "8-bit integers", "PCM_16": "16-bit integers"} | {
        "PCM_24": "24-bit integers", "PCM_32": "32-bit integers", "FLOAT": "32-bit floats", "DOUBLE": "64-bit floats"
    }  # fmt: skip
    details = {"samples": words.get(encoding, encoding), "channels": str(width)}
    facts = file_facts(path, kind.replace("WAVEX", "WAV"), options, details=details, header=width <= 2)
    return table_of(channels, facts, options, rate_source=f"{rate} Hz, as the file says", notes=notes)


IMPORTER = Importer(
    "audio", "WAV, FLAC and other sound", (".wav", ".flac", ".ogg", ".aiff", ".aif"), _sniff, _read, binary=True
)
