"""Objects by key: the same over S3 and in a folder that several servers see."""

import contextlib

import pytest

from mnemoscope_server.errors import BlobTrouble
from mnemoscope_server.storage.blobs import uploads
from mnemoscope_server.storage.blobs.bucket import Bucket
from tests.programs import free_port


@pytest.fixture(params=["s3", "file"])
def bucket(request, tmp_path):
    if request.param == "file":
        return Bucket(f"file://{tmp_path}/with%20a%20space/shared")
    return Bucket(request.getfixturevalue("s3").bucket())


def test_objects_are_put_read_listed_and_removed(bucket, tmp_path):
    whole, copy = tmp_path / "whole", tmp_path / "copy"
    whole.write_bytes(bytes(range(256)) * 50000)  # in several parts
    bucket.put("recordings/a/1.mnemo", whole)
    bucket.put("recordings/a/owner", b"me")
    bucket.put("recordings/ab/1.mnemo", b"")
    bucket.fetch("recordings/a/1.mnemo", copy)
    assert copy.read_bytes() == whole.read_bytes()
    assert bucket.get("recordings/a/owner") == b"me"
    found = {blob.key: blob.size for blob in bucket.list("recordings/a")}
    assert found == {"recordings/a/1.mnemo": 256 * 50000, "recordings/a/owner": 2}, "not those of ab"
    bucket.put("recordings/a/owner", b"you")
    bucket.delete("recordings/a/1.mnemo", "recordings/a/never")
    assert [blob.key for blob in bucket.list("recordings/a")] == ["recordings/a/owner"]
    assert bucket.get("recordings/a/owner") == b"you"


def test_what_is_not_there_is_no_trouble(bucket, tmp_path):
    assert bucket.get("nothing") is None
    assert bucket.list("nothing") == []
    with pytest.raises(FileNotFoundError):
        bucket.fetch("nothing", tmp_path / "x")


def test_a_bucket_that_does_not_answer_is_trouble_in_one_sentence(s3, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    bucket = Bucket("s3://nobody/prefix")
    asked = (
        lambda: bucket.put("a", b""), lambda: bucket.get("a"), lambda: bucket.list("a"), lambda: bucket.delete("a"),
        lambda: bucket.fetch("a", tmp_path / "x"), bucket.check,
    )  # fmt: skip
    for ask in asked:
        with pytest.raises(BlobTrouble, match="cannot be used") as caught:
            ask()
        assert "\n" not in str(caught.value)
        assert "secretword" not in str(caught.value)


def test_a_bucket_says_whether_it_is_there(bucket, tmp_path):
    bucket.check()
    bucket.put("a", b"here")
    bucket.check()


def test_a_bucket_that_nobody_made_and_a_folder_that_is_gone_are_trouble(s3, tmp_path):
    with pytest.raises(BlobTrouble, match="cannot be used"):
        Bucket("s3://never-made/prefix").check()
    folder = Bucket(f"file://{tmp_path}/shared")
    (tmp_path / "shared").rmdir()
    with pytest.raises(BlobTrouble, match="no folder"):
        folder.check()


def test_an_upload_is_found_once_all_of_it_is_there(bucket, tmp_path, monkeypatch):
    """A server that is killed amid it leaves none."""
    folder, there = tmp_path / "upload", tmp_path / "there"
    (folder / "source").mkdir(parents=True)
    files = {"values.f32": b"1234", "report.json": b"{}", "source/my file.csv": b"a,b"}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    put = bucket.put

    def cut_off(key, content):
        if key.endswith("report.json"):
            raise BlobTrouble("gone")
        put(key, content)

    monkeypatch.setattr(bucket, "put", cut_off)
    with contextlib.suppress(BlobTrouble):
        uploads.keep(bucket, folder, last="report.json")
    assert len(bucket.list("uploads/upload")) == 2, "all the others come before it"
    assert not uploads.has(bucket, "upload", last="report.json")
    monkeypatch.setattr(bucket, "put", put)
    uploads.keep(bucket, folder, last="report.json")
    assert uploads.has(bucket, "upload", last="report.json")
    assert uploads.fetch(bucket, "upload", there)
    assert {name: (there / name).read_bytes() for name in files} == files
    uploads.sweep(bucket, seconds=3600, most_bytes=1000)
    assert len(bucket.list("uploads")) == 3
    uploads.sweep(bucket, seconds=3600, most_bytes=5)
    assert bucket.list("uploads") == []
