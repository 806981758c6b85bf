"""Guessing tokens and links: 429 after some, for that address and for nobody who is let in."""

from mnemoscope_server import app as application
from mnemoscope_server.access.guesses import MAX_ADDRESSES, MAX_MISSES, MISSES_SECONDS, Guesses
from mnemoscope_server.settings import Settings
from tests.server.access.test_guard import HOST, ask

TOKEN = "the token of this server"


def test_whoever_guesses_waits_and_nobody_else(tmp_path):
    """Tokens in headers and addresses, and recordings that there are not; whoever is let in goes on from the same address."""

    async def missing(scope, receive, send):
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    ways = (
        lambda app: ask(app, "/api/models", "GET", {"host": HOST, "authorization": "Bearer wrong"}),
        lambda app: ask(app, "/", "GET", {"host": HOST}, query="token=wrong"),
        lambda app: ask(app, f"/api/recordings/{'x' * 22}", "GET", {"host": HOST}),
    )
    for way in ways:
        app = application.create_app(Settings(data_dir=tmp_path, workers=0, token=TOKEN))
        app.router = missing
        assert 429 not in [way(app)[0] for _ in range(MAX_MISSES)]
        status, headers, body = way(app)
        assert status == 429
        assert 0 < int(headers["retry-after"]) <= MISSES_SECONDS + 1
        assert b"too-many-guesses" in body
        good = {"host": HOST, "authorization": f"Bearer {TOKEN}"}
        assert ask(app, "/api/models", "GET", good)[0] == 404, "which is what stands behind the door here"


def test_guesses_are_forgotten_after_a_while_and_by_address():
    now = [100.0]
    guesses = Guesses(lambda: now[0])
    for _ in range(MAX_MISSES):
        assert guesses.wait("a") == 0
        guesses.miss("a")
    assert guesses.wait("a") == MISSES_SECONDS + 1
    assert guesses.wait("b") == 0
    now[0] += MISSES_SECONDS
    assert guesses.wait("a") == 0
    guesses.miss("a")
    assert guesses.wait("a") == 0
    for number in range(MAX_ADDRESSES):
        guesses.miss(str(number))
    assert len(guesses._missed) == MAX_ADDRESSES
