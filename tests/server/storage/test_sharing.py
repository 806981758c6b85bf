"""Copies made to be shared, rules of who finds a recording and for how long, and what a link looks like in a chat."""

import contextlib
import datetime
import json
import re
import struct
import time
import zlib

import httpx
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from mnemoscope import tasks
from mnemoscope.errors import RecordingError
from mnemoscope.reading import verify
from mnemoscope.reading.recording import Recording
from mnemoscope.running import gallery, record
from mnemoscope.signals.series import Series
from mnemoscope.tasks import episodes
from mnemoscope_server.storage import copies as sharing
from mnemoscope_server.storage import thumbnail as pictures
from tests import ROOT

STEPS = 200


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Trained models whose state stands in keyframes, over a heartbeat with labels."""
    path = tmp_path_factory.mktemp("share") / "source.mnemo"
    episode = episodes.from_generator(
        "signal-recall", "heartbeat", steps=STEPS, seed=3, params={"odd_beat": 2}, options={"rounds": 2, "delay": 10}
    )
    record.record_file(
        path, episode, record.load_models(["lstm", "ntm", "dnc"], "signal-recall"), title="my heart", seed=3
    )
    with Recording.open(path) as recording:
        yield recording


def copied(source, path, first, stop, **more):
    wanted = sharing.step_range(source, first, stop)
    rules = {"visibility": "private", "expires": None}
    options = {"strip_signal": False, "title": None, "sharing": rules, "identity": "c" * 22} | more
    sharing.copy_of(source, path, wanted=wanted, **options)
    return wanted


@pytest.mark.parametrize(
    ("first", "stop", "chunks"),
    [(0, None, (0, 200)), (70, 100, (64, 128)), (130, 131, (128, 192)), (191, 193, (128, 200))],
)
def test_a_stretch_is_whole_chunks_that_prove_themselves(source, tmp_path, first, stop, chunks):
    """The frames are the original's, and everything derived from them agrees with what was recorded."""
    wanted = copied(source, tmp_path / "copy.mnemo", first, stop)
    assert (wanted.first, wanted.stop, wanted.note) == (*chunks, None)
    with Recording.open(tmp_path / "copy.mnemo") as copy:
        assert verify.verify(copy)["ok"]
        assert (copy.steps, copy.manifest["status"]) == (chunks[1] - chunks[0], "ended")
        assert copy.manifest["excerpt"] == {
            "first": chunks[0],
            "stop": chunks[1],
            "of": STEPS,
            "signal_stripped": False,
        }
        for model in source:
            for tensor in source[model].tensors:
                whole = source[model].array(tensor.name, tensor.bank)
                np.testing.assert_array_equal(copy[model].array(tensor.name, tensor.bank), whole[slice(*chunks)])
        for kind in ("store", "recall"):
            marked = np.zeros((2, STEPS))
            for row, manifest, shift in ((0, source.manifest, 0), (1, copy.manifest, chunks[0])):
                for event in (e for e in manifest["task"]["events"] if e["kind"] == kind):
                    marked[row, event["step"] + shift : event["until"] + shift] = 1
            np.testing.assert_array_equal(marked[0, slice(*chunks)], marked[1, slice(*chunks)])
            assert not marked[1, : chunks[0]].any()
            assert not marked[1, chunks[1] :].any()


def test_a_copy_of_a_copy_counts_from_the_first_original(source, tmp_path):
    """Steps keep their place."""
    copied(source, tmp_path / "one.mnemo", 64, 200, strip_signal=True)
    with Recording.open(tmp_path / "one.mnemo") as one:
        copied(one, tmp_path / "two.mnemo", 64, 128)
    with Recording.open(tmp_path / "two.mnemo") as two:
        assert two.manifest["excerpt"] == {"first": 128, "stop": 192, "of": STEPS, "signal_stripped": True}
        np.testing.assert_array_equal(two["ntm"].array("inputs"), source["ntm"].array("inputs")[128:192])


def test_attention_needs_every_step_before(tmp_path):
    """What it reads from must be there, or nothing would add up; that is said."""
    with Recording.open(gallery.path("used-again")) as original:
        wanted = copied(original, tmp_path / "copy.mnemo", 100, 120)
        assert (wanted.first, wanted.stop) == (0, 128)
        assert "step 0" in wanted.note
    with Recording.open(tmp_path / "copy.mnemo") as copy:
        assert verify.verify(copy)["ok"]


def test_without_the_facts_of_the_signal_nothing_says_whose_it_is(source, tmp_path):
    """Only scaled values remain: no name, unit, source, offset, scale, label or seed, and nothing a later version added."""
    manifest = source.manifest
    assert manifest["signal"]["unit"] == "mV"
    assert any(e["kind"] == "label" for e in manifest["task"]["events"])
    manifest["later"] = "secret"
    try:
        copied(source, tmp_path / "copy.mnemo", 0, None, strip_signal=True)
    finally:
        del manifest["later"]
    with Recording.open(tmp_path / "copy.mnemo") as copy:
        text = json.dumps(copy.manifest)
        signal = copy.manifest["signal"]
        assert signal["scaling"] == {"method": "zscore", "offset": 0.0, "scale": 1.0}
        assert (signal["sample_rate"], copy.manifest["title"], copy.manifest["seed"]) == (36.0, "signal-recall", None)
        assert copy.manifest["excerpt"]["signal_stripped"]
    scaling = manifest["signal"]["scaling"]
    for secret in ("heartbeat", "my heart", "mV", "odd_beat", "secret", manifest["id"], str(scaling["offset"])):
        assert secret not in text
    assert {e["kind"] for e in copy.manifest["task"]["events"]} == {"store", "recall"}


def test_unscaled_values_cannot_be_shared_without_the_signal(source, tmp_path):
    """They are the signal."""
    scaling = source.manifest["signal"]["scaling"]
    method, scaling["method"] = scaling["method"], "none"
    try:
        with pytest.raises(RecordingError, match="without scaling"):
            copied(source, tmp_path / "copy.mnemo", 0, None, strip_signal=True)
    finally:
        scaling["method"] = method
    assert not (tmp_path / "copy.mnemo").exists()


def test_a_model_that_failed_is_copied_as_far_as_it_came(server):
    """Before, in the middle of and after its failure."""
    identity = server.run("broken", "fake", steps=200, start="playing")
    server.wait(identity, "ended")
    for first, stop, failures, steps in ((0, 60, [], 64), (0, 128, [70], 70), (64, 200, [6], 6), (128, 200, [0], 0)):
        answer = server.http.post(f"api/recordings/{identity}/share", json={"first": first, "stop": stop})
        path = server.data / "recordings" / f"{answer.json()['id']}.mnemo"
        with Recording.open(path) as copy:
            assert [f["step"] for f in copy.manifest["failures"]] == failures
            assert (copy.steps_of(0), copy.steps) == (steps, answer.json()["stop"] - answer.json()["first"])


# --- over HTTP


@pytest.fixture(scope="module")
def finished(server):
    identity = server.run("fake", steps=200, start="playing", title="original")
    server.wait(identity, "ended")
    return identity


def test_a_copy_is_a_recording_of_its_own(server, finished):
    """It outlives what happens to the original, and does not lead to it."""
    made = server.http.post(f"api/recordings/{finished}/share", json={"first": 70, "stop": 100, "title": "the beat"})
    assert made.status_code == 201
    body = made.json()
    assert {k: body[k] for k in ("first", "stop", "note")} == {"first": 64, "stop": 128, "note": None}
    assert body["id"] != finished
    detail = server.status(body["id"])
    assert (detail["title"], detail["steps"], detail["visibility"], detail["expires"]) == (
        "the beat",
        64,
        "private",
        None,
    )
    assert finished not in json.dumps(detail)
    chunk = server.http.get(f"api/recordings/{body['id']}/chunks/0").content
    whole = server.http.get(f"api/recordings/{finished}/chunks/1").content
    assert len(chunk) == len(whole)
    assert server.http.delete(f"api/recordings/{body['id']}").status_code == 204
    assert list((server.data / "tmp").glob("*.share")) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"first": 5, "stop": 5}, "first before stop"), ({"first": 0, "stop": 201}, "0 … 200"), ({"first": 200}, "0 … 200"),
        ({"first": -1}, "first"), ({"title": ""}, "title"), ({"expires": "2020-01-01T00:00:00Z"}, "past"),
        ({"expires": "tomorrow"}, "expires"), ({"expires": "2999-01-01T00:00:00"}, "expires"), ({"visibility": "all"}, "visib"),
        ({"frist": 1}, "frist"),
    ],
)  # fmt: skip
def test_impossible_copies_are_refused_and_leave_nothing(server, finished, body, message):
    files = len(list((server.data / "recordings").iterdir()))
    answer = server.http.post(f"api/recordings/{finished}/share", json=body)
    assert answer.status_code == 422
    assert message in answer.json()["error"]["message"]
    assert answer.json()["error"]["cure"]
    assert len(list((server.data / "recordings").iterdir())) == files
    assert list((server.data / "tmp").glob("*.share")) == []


def test_what_is_still_being_made_is_not_copied_or_changed(server):
    """And of what is not there, nothing can be made."""
    identity = server.run("fake", steps=200)
    answer = server.http.post(f"api/recordings/{identity}/share", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "still-live")
    assert server.http.patch(f"api/recordings/{identity}", json={"visibility": "listed"}).status_code == 409
    server.http.delete(f"api/sessions/{identity}")
    assert server.http.post(f"api/recordings/{'x' * 22}/share", json={}).status_code == 404
    assert server.http.post("api/recordings/odd-beat/share", json={}).status_code == 201, "what ships can be excerpted"


def test_rules_are_changed_one_by_one(server, finished):
    """What a change leaves out stays; null takes an end away."""
    for body, wanted in (
        ({"visibility": "listed"}, ("listed", None)),
        ({"expires": "2999-06-01T12:00:00+02:00"}, ("listed", "2999-06-01T10:00:00Z")),
        ({"visibility": "private", "title": "renamed"}, ("private", "2999-06-01T10:00:00Z")),
        ({}, ("private", "2999-06-01T10:00:00Z")),
        ({"expires": None, "title": "original"}, ("private", None)),
    ):
        assert server.http.patch(f"api/recordings/{finished}", json=body).status_code == 204
        detail = server.status(finished)
        assert (detail["visibility"], detail["expires"], detail["mine"]) == (*wanted, True)
        [row] = [e for e in server.http.get("api/recordings").json() if e["id"] == finished]
        assert (row["visibility"], row["expires"], row["mine"]) == (*wanted, True)
    for bad in ({"expires": "2020-01-01T00:00:00Z"}, {"visibility": "public"}, {"owner": "me"}, {"title": ""}):
        assert server.http.patch(f"api/recordings/{finished}", json=bad).status_code == 422
    assert not server.status("odd-beat")["mine"]


def test_a_run_that_is_not_kept_has_no_rules_but_copies_of_it_do(server):
    """Whoever wants to keep it after all makes a copy."""
    identity = server.run("fake", steps=100, start="playing", keep=False)
    server.wait(identity, "ended")
    answer = server.http.patch(f"api/recordings/{identity}", json={"visibility": "listed"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not-kept")
    copy = server.http.post(f"api/recordings/{identity}/share", json={"visibility": "listed"}).json()["id"]
    listed = {e["id"]: e["visibility"] for e in server.http.get("api/recordings").json()}
    assert identity not in listed
    assert listed[copy] == "listed"
    assert server.http.delete(f"api/recordings/{identity}").status_code == 204
    assert server.status(copy)["steps"] == 100, "it stays when the run goes"


def test_what_expired_what_was_deleted_and_what_never_was_are_answered_alike(server):
    """Whoever tries a link learns nothing of what it once led to, by no route and no socket; uploads likewise."""
    expired, deleted = server.run("fake", start="playing"), server.run("fake", start="playing")
    for identity in (expired, deleted):
        server.wait(identity, "ended")
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
    assert server.http.patch(f"api/recordings/{expired}", json={"expires": soon.isoformat()}).status_code == 204
    assert server.http.delete(f"api/recordings/{deleted}").status_code == 204
    deadline = time.monotonic() + 60
    while server.http.get(f"api/recordings/{expired}").status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert (server.data / "recordings" / f"{expired}.mnemo").exists(), (
        "it is not swept yet, and answered so all the same"
    )
    upload = server.http.post(
        "api/uploads", files={"file": ("a.csv", b"t,v\n" + b"".join(b"%d,%d\n" % (k, k) for k in range(99)))}
    )
    removed = upload.json()["id"]
    assert server.http.delete(f"api/uploads/{removed}").status_code == 204

    def answers(identity, file):
        for method, path, body in (
            *(("GET", f"api/recordings/{identity}{rest}", None) for rest in ("", "/chunks/0", "/file", "/export.html")),
            ("GET", f"api/recordings/{identity}/picture.png", None),
            ("GET", f"api/recordings/{identity}/verdict", None),
            ("PATCH", f"api/recordings/{identity}", {"title": "x"}),
            ("DELETE", f"api/recordings/{identity}", None),
            ("POST", f"api/recordings/{identity}/share", {}),
            ("DELETE", f"api/sessions/{identity}", None),
            ("POST", f"api/sessions/{identity}/samples", {"values": [1]}),
            ("GET", f"s/{identity}", None),
            ("GET", f"embed/{identity}", None),
            ("POST", f"api/uploads/{file}/preview", {"channel": 0, "task": "signal-recall", "models": ["fake"]}),
            ("DELETE", f"api/uploads/{file}", None),
        ):
            answer = server.http.request(method, path, json=body)
            headers = {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}
            same = [text.replace(identity, "ID").replace(file, "ID") for text in (path, answer.text)]
            yield same[0], answer.status_code, headers, same[1]
        for path in (f"ws/{identity}", f"api/sessions/{identity}/samples"):
            with connect(server.url.replace("http", "ws") + path) as ws:
                with contextlib.suppress(ConnectionClosed):  # it may have been answered by then
                    ws.send('{"type":"hello","have":0}')
                yield path.replace(identity, "ID"), ws.recv(timeout=30).replace(identity, "ID")
                with pytest.raises(ConnectionClosed) as closed:
                    ws.recv(timeout=30)
                yield closed.value.rcvd.code, closed.value.rcvd.reason

    never = [tuple(a) for a in answers("A" * 22, "B" * 22)]
    assert {a[1] for a in never if len(a) == 4} <= {404, 503}, "503: the bundle is not built"
    assert [tuple(a) for a in answers(expired, removed)] == never
    assert [tuple(a) for a in answers(deleted, removed)] == never
    assert expired not in [e["id"] for e in server.http.get("api/recordings").json()]


def test_on_a_shared_server_everybody_has_their_own(start):
    """A browser lists and changes what it made; a link opens what others made; what is listed is listed for all."""
    server = start(allowed_hosts='["lab.example"]', no_token=True)
    me, you = server.http, httpx.Client(base_url=server.url, timeout=30)
    try:
        identity = server.run("fake", steps=100, start="playing")
        server.wait(identity, "ended")
        [cookie] = list(me.cookies.jar)
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert "lax" in str(cookie.get_nonstandard_attr("SameSite")).lower()
        assert [e["id"] for e in me.get("api/recordings").json()] == [identity]
        assert you.get("api/recordings").json() == []
        assert (
            me.get(f"api/recordings/{identity}").json()["mine"],
            you.get(f"api/recordings/{identity}").json()["mine"],
        ) == (True, False)
        for answer in (
            you.delete(f"api/recordings/{identity}"),
            you.patch(f"api/recordings/{identity}", json={"title": "x"}),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not-yours")
        copy = you.post(f"api/recordings/{identity}/share", json={}).json()["id"]
        assert [e["id"] for e in you.get("api/recordings").json()] == [copy]
        assert me.patch(f"api/recordings/{identity}", json={"visibility": "listed"}).status_code == 204
        assert [(e["id"], e["mine"]) for e in you.get("api/recordings").json()] == [(copy, True), (identity, False)]
        assert me.delete(f"api/recordings/{identity}").status_code == 204
        assert you.get(f"api/recordings/{copy}").status_code == 200
    finally:
        you.close()


# --- how a link looks


def unpacked(data):
    """A PNG of 8-bit RGB without filters -> [height, width, 3]."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(kind + body)
        chunks.append((kind, body))
        at += 12 + length
    assert [kind for kind, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
    assert rest == [8, 2, 0, 0, 0]
    lines = np.frombuffer(zlib.decompress(chunks[1][1]), np.uint8).reshape(height, 1 + 3 * width)
    assert not lines[:, 0].any()
    return lines[:, 1:].reshape(height, width, 3)


def colours(image):
    """How many there are in a picture [height, width, 3] of bytes."""
    return len(np.unique(image.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)))


def test_a_picture_holds_every_pixel():
    """What is drawn comes out of the file again."""
    image = np.random.default_rng(1).integers(0, 256, (7, 5, 3))
    np.testing.assert_array_equal(unpacked(pictures.png(image.astype(float))), image)


@pytest.mark.parametrize(("task", "rows"), [("mine", 1), ("copy", 9)])
def test_the_picture_of_many_real_numbers_is_a_line(tmp_path, task, rows):
    """Bits are drawn beside each other because the task is one of bits, not because they are many."""
    path = tmp_path / "made.mnemo"
    record.record_file(path, tasks.get("copy").episode(seed=1, length=30), record.load_models(["lstm"], "copy"))
    with Recording.open(path) as recording:
        recording.manifest["task"] = {"name": task, "params": {}, "events": []}
        strip = pictures.draw(recording)[50:146, 56:1160]
    lit = (strip > strip.min((0, 1))).any(2).mean()
    assert (lit < 0.1) == (rows == 1)


def test_the_picture_shows_where_the_tape_was_written_and_read():
    """Brightest orange of a step's column lies in the row of the slot that was written most, and blue where it was read."""
    with Recording.open(gallery.path("copy")) as recording:
        image = unpacked(pictures.Pictures().get(recording)).astype(float)
        assert image.shape == (630, 1200, 3)
        view, steps = recording["ntm"], recording.steps
        most = np.maximum(view.array("write_weights").max((0, 1)), view.array("read_weights").max((0, 1)))
        slots = np.flatnonzero(most > pictures.TOUCHED)
        top = 40 + 6 + 4 + 96 + 14 + 2 * ((550 - 120 + 14) // 4)
        lane = image[top : top + (550 - 120 + 14) // 4 - 14, 56:1160]
        for name, ink in (("write_weights", pictures.WRITE), ("read_weights", pictures.READ)):
            weights = view.array(name)[:, 0][:, slots]
            sure = np.flatnonzero(weights.max(1) > 0.9)
            assert len(sure) > 10
            for t in sure:
                column = lane[:, int((t + 0.5) * lane.shape[1] / steps)]
                distance = np.abs(column - ink).sum(1)
                row = (weights[t].argmax() + 0.5) * len(column) / len(slots)
                assert distance[int(row)] <= distance.min() + 60


def test_every_shipped_recording_and_every_kind_of_memory_has_a_picture(server):
    """None is blank, and the answer is cached like a picture."""
    for entry in server.http.get("api/gallery").json():
        answer = server.http.get(f"api/recordings/{entry['id']}/picture.png")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert "max-age" in answer.headers["cache-control"]
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert colours(unpacked(answer.content)) > 50
    golden = sorted((ROOT / "tests" / "golden").glob("**/*.mnemo"))
    kinds = set()
    for path in golden:
        with Recording.open(path) as recording:
            kinds |= {bank.kind for model in recording for bank in recording[model].banks}
            assert colours(unpacked(pictures.png(pictures.draw(recording)))) > 5
    assert {"matrix", "cell", "append", "recurrent", "associative"} <= kinds


def test_a_run_that_goes_on_is_drawn_anew(server):
    """And one that has not begun is an empty sheet."""
    identity = server.run("fake", steps=200)
    before = server.http.get(f"api/recordings/{identity}/picture.png")
    assert before.headers["cache-control"] == "no-store"
    assert len(np.unique(unpacked(before.content).reshape(-1, 3), axis=0)) == 1
    with server.socket(identity) as ws:
        ws.send('{"type":"step","count":100}')
        while server.status(identity)["status"] != "paused" or server.status(identity)["steps"] < 100:
            ws.recv(timeout=30)
    after = server.http.get(f"api/recordings/{identity}/picture.png")
    assert after.content != before.content
    server.http.delete(f"api/sessions/{identity}")


def test_a_link_tells_what_it_leads_to(server):
    """Title, sentence and picture for a chat; a title is text, whatever it says."""
    identity = server.run("fake", steps=100, start="playing")
    server.wait(identity, "ended")
    server.http.patch(f"api/recordings/{identity}", json={"title": '"><script>alert(1)</script>'})
    answer = server.http.get(f"s/{identity}")
    if answer.status_code == 503:
        pytest.skip("the bundle is not built")
    facts = dict(re.findall(r'<meta property="og:([a-z:_]+)" content="([^"]*)">', answer.text))
    assert facts["title"] == "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    assert "<script>alert" not in answer.text
    assert facts["image"] == f"{server.url}api/recordings/{identity}/picture.png"
    assert (facts["image:width"], facts["image:height"]) == ("1200", "630")
    assert "100 steps of signal-recall" in facts["description"]
    assert server.http.get(facts["image"]).status_code == 200
    for path, status in ((f"s/{'x' * 22}", 404), ("s/nothing", 404), ("s/odd-beat", 200), ("embed/odd-beat", 200)):
        answer = server.http.get(path)
        assert answer.status_code == status
        assert ("og:image" in answer.text) is (status == 200)
        assert ("frame-ancestors *" in answer.headers["content-security-policy"]) is path.startswith("embed/")


def test_a_copy_without_the_signal_has_none_of_the_channels_beside_it(tmp_path):
    """Their values stand in the frames, so these are laid out anew; all that the models did is the same."""
    values = np.sin(np.arange(200) / 5).astype(np.float32)
    other = Series("ward 7 pressure", (80 + np.arange(200)).astype(np.float32), sample_rate=10.0, unit="mmHg")
    series = Series("MLII", values, sample_rate=10.0, beside=(other,))
    episode, _ = episodes.from_series("signal-recall", series, steps=150, options={"rounds": 1, "delay": 20})
    record.record_file(tmp_path / "source.mnemo", episode, record.load_models(["lstm", "dnc"], "signal-recall"))
    with Recording.open(tmp_path / "source.mnemo") as source:
        copied(source, tmp_path / "kept.mnemo", 64, 128)
        copied(source, tmp_path / "bare.mnemo", 64, 128, strip_signal=True)
        with Recording.open(tmp_path / "kept.mnemo") as kept, Recording.open(tmp_path / "bare.mnemo") as bare:
            np.testing.assert_array_equal(kept["dnc"].array("beside")[:, 0], np.arange(144, 208))
            assert verify.verify(bare)["ok"]
            for model in bare:
                assert (None, "beside") not in bare[model]
                for tensor in bare[model].tensors:
                    ours = bare[model].array(tensor.name, tensor.bank)
                    np.testing.assert_array_equal(ours, kept[model].array(tensor.name, tensor.bank))
            said = json.dumps(bare.manifest)
            assert "ward 7" not in said
            assert "beside" not in said
            assert bare.manifest["models"][0]["frame"]["bytes"] == kept.manifest["models"][0]["frame"]["bytes"] - 4
