"""Wire messages whose every frame says its step, and reading them back."""

from mnemoscope.format import blocks

FRAME = 8


def frames(first, upto, *, stream=0):
    payload = b"".join(step.to_bytes(FRAME, "little") for step in range(first, upto))
    return blocks.message(stream, blocks.KIND_FRAMES, first, upto - first, payload)


def keyframe(first, *, stream=0):
    return blocks.message(stream, blocks.KIND_KEYFRAME, first, 1, b"k" * 12)


def steps_of(data):
    found, at = [], 0
    while at < len(data):
        stream, kind, first, count, length = blocks.MESSAGE.unpack_from(data, at)
        body = data[at + 16 : at + 16 + length]
        if kind == blocks.KIND_FRAMES:
            steps = [int.from_bytes(body[i : i + FRAME], "little") for i in range(0, length, FRAME)]
            assert steps == list(range(first, first + count))
            found += [(stream, step) for step in steps]
        else:
            found.append((stream, f"k{first}"))
        at += 16 + length
    return found
