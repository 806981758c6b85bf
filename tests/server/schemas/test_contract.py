"""The contract file that the page's types are generated from."""

from pydantic import ConfigDict, create_model

from mnemoscope.format import schema
from mnemoscope.reading.recording import Recording
from mnemoscope.running import gallery
from mnemoscope_server import contract
from mnemoscope_server.schemas import messages as wire


def test_committed_contract_is_fresh():
    """Whoever changes a message must write the contract anew, or the page is typed against the past."""
    assert contract.TARGET.read_text(encoding="utf-8") == contract.text(), (
        "run: python -m mnemoscope_server.contract, then npm --prefix frontend run wire"
    )


def test_the_format_document_has_the_fields_of_the_manifest():
    """Its table follows from the same classes as the contract."""
    assert contract.FORMAT.read_text(encoding="utf-8") == contract.described(), (
        "run: python -m mnemoscope_server.contract"
    )
    assert (
        "| `models[].frame.tensors[].offset` | whole number | Bytes from the start of the frame. |"
        in contract.described()
    )


def test_the_table_of_settings_is_the_codes():
    """One table: whoever adds a setting writes it anew."""
    assert contract.OPERATIONS.read_text(encoding="utf-8") == contract.operated(), (
        "run: python -m mnemoscope_server.contract"
    )
    assert "| `MNEMOSCOPE_FREE_BYTES` | 268435456 (256 MB) | Disk space that is left alone" in contract.operated()


def test_every_manifest_that_is_shipped_is_one_of_the_schema():
    """What is written has no field that the schema lacks, and every field the type it says; hostile ones are the reader's."""
    strict = create_model("Strict", __config__=ConfigDict(extra="forbid"), manifest=schema.Manifest)
    found = sorted([*gallery.FOLDER.glob("*.mnemo"), *(contract.ROOT / "tests" / "golden").glob("*.mnemo")])
    assert len(found) > 10
    for path in found:
        with Recording.open(path) as recording:
            strict.model_validate({"manifest": recording.manifest})


def test_unions_name_every_message_by_its_tag():
    """OpenAPI leaves websockets out, so the unions are added by hand: none may be forgotten."""
    schemas = contract.document()["components"]["schemas"]
    assert set(schemas["ServerMessage"]["discriminator"]["mapping"]) == {
        "hello", "state", "model-failed", "behind", "source", "revised", "ended", "error", "wheel",
    }  # fmt: skip
    assert set(schemas["ClientMessage"]["discriminator"]["mapping"]) == {
        "hello", "play", "pause", "step", "speed", "stop", "ping",
    }  # fmt: skip
    for name in ("ServerMessage", "ClientMessage"):
        for entry in schemas[name]["oneOf"]:
            body = schemas[entry["$ref"].rsplit("/", 1)[1]]
            assert "type" in body["required"], f"{entry} must always carry its tag"
            assert body["additionalProperties"] is False


def test_behind_says_from_on_the_wire():
    """`from` is a keyword in Python, so the field has another name there."""
    assert wire.to_json(wire.Behind(from_=3, to=9)) == '{"type":"behind","from":3,"to":9}'
