"""What is made of a long recording takes no more memory than of a short one: its picture, its page."""

import base64
import gzip
import re
import tracemalloc

import numpy as np
import pytest

from mnemoscope import kinds
from mnemoscope.reading import recording as reading
from mnemoscope.reading.recording import Recording
from mnemoscope.running import record
from mnemoscope.tasks import episodes
from mnemoscope_server.storage import thumbnail
from mnemoscope_viewer import single

MB = 1 << 20


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Recordings of 3000 and 12 000 steps of two models, by their steps."""
    folder = tmp_path_factory.mktemp("long")
    made = {}
    for steps in (3000, 12_000):
        made[steps] = folder / f"{steps}.mnemo"
        episode = episodes.from_generator("forecast", "ar", steps=steps, seed=1, params={}, options={})
        record.record_file(made[steps], episode, record.load_models(["lstm", "gru"], "forecast"), title="x", seed=1)
    return made


def peak(work):
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_a_picture_costs_the_same_however_long_the_run(runs, monkeypatch):
    monkeypatch.setattr(reading, "CACHE_BYTES", MB)
    costs = {}
    for steps, path in runs.items():
        with Recording.open(path) as recording:
            costs[steps] = peak(lambda recording=recording: thumbnail.png(thumbnail.draw(recording)))
    assert costs[12_000] - costs[3000] < 2 * MB


def test_the_picture_is_that_of_all_steps_together(runs, monkeypatch):
    """Looked at block by block, the largest of each column are the same."""
    with Recording.open(runs[3000]) as recording:
        view = recording["lstm"]
        pair = thumbnail._largest(view, view.bank(), 2900, 3000, 700)
        tables = kinds.of(view.bank()).marks(kinds.BankLog(view, view.bank()), np.arange(2900))
        for found, table in zip(pair, tables, strict=True):
            whole = np.zeros((3000, table.shape[1]))
            whole[:2900] = table
            np.testing.assert_array_equal(found, thumbnail._pooled(whole, (700, table.shape[1])))
        short = thumbnail._largest(view, view.bank(), 300, 300, 700)
        assert short[0].shape[0] == 300
        np.testing.assert_array_equal(thumbnail._inputs(view, 3000), view.array("inputs"))


class Chunks:
    """A recording of so many chunks that do not compress."""

    def __init__(self, chunks):
        self.manifest, self.chunks = {"title": "x"}, chunks

    def messages(self, chunk):
        return np.random.default_rng(chunk).bytes(MB // 2)


def test_a_page_is_made_piece_by_piece(monkeypatch):
    """The pieces together are the page; few of them are in memory."""
    monkeypatch.setattr(single, "entry", lambda: ("run()", "", {}))
    monkeypatch.setattr(single, "notices", lambda: "")
    text = b"".join(single.parts(Chunks(5))).decode()
    assert text == single.page(Chunks(5))
    [packed] = re.findall(r'id="mnemoscope-messages">([^<]*)<', text)
    assert gzip.decompress(base64.b64decode(packed, validate=True)) == b"".join(map(Chunks(5).messages, range(5)))
    assert text.endswith('<script type="module">run()</script>\n</body>\n</html>\n')
    assert b"messages\0" not in text.encode()

    def run_through():
        for _ in single.parts(Chunks(60)):
            pass

    assert peak(run_through) < 6 * MB


def test_an_export_over_http_is_that_page_and_lets_go(server):
    """The file can be deleted and opened anew after it, also where whoever asked left in between."""
    identity = server.run("wide", steps=1000, start="playing")
    server.wait(identity, "ended")
    with server.http.stream("GET", f"api/recordings/{identity}/export.html") as answer:
        if answer.status_code == 503:
            pytest.skip("the page is not built")
        assert "content-length" not in answer.headers
        next(answer.iter_raw())
    whole = server.http.get(f"api/recordings/{identity}/export.html")
    assert whole.text.rstrip().endswith("</html>")
    assert server.http.delete(f"api/recordings/{identity}").status_code == 204
    assert server.http.get(f"api/recordings/{identity}/export.html").status_code == 404
