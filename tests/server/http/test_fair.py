"""Strangers have their share: of runs, steps, bytes and requests; who has to wait learns the place and the time."""

import csv
import io

import httpx
import pytest

TOKEN = "a-token-that-is-long-enough"
SIGNAL = {"kind": "generated", "generator": "sines", "steps": 200}
RUN = {"signal": SIGNAL, "task": "signal-recall", "models": ["fake"], "start": "paused"}


@pytest.fixture
def shared(start):
    """A server behind a proxy on this machine, which says who asks."""

    def begin(**settings):
        server = start(token=TOKEN, allowed_hosts='["mem.example.org"]', **settings)
        base = server.url.split("?")[0]

        def client(address):
            headers = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": address, "Host": "mem.example.org"}
            return httpx.Client(base_url=base, headers=headers, timeout=60)

        return client

    return begin


def begun(client, **more):
    return client.post("api/sessions", json=RUN, **more)


def test_one_address_does_not_take_all_places_and_the_rest_queue(shared):
    client = shared(sessions=3, sessions_per_client=2)
    with client("203.0.113.1") as one, client("203.0.113.2") as two, client("203.0.113.3") as three:
        mine = [begun(one).json()["id"] for _ in range(2)]
        answer = begun(one)
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "too-many-of-yours")
        assert begun(two).status_code == 201
        waits, later = begun(three), begun(two)
        assert [a.headers["Queue-Place"] for a in (waits, later)] == ["1", "2"]
        assert "number 1 in the queue" in waits.json()["error"]["message"]
        assert int(waits.headers["Retry-After"]) > 0
        assert one.delete(f"api/sessions/{mine[0]}").status_code == 204
        assert begun(two).headers["Queue-Place"] == "1", "the free place is kept for who came first"
        assert begun(three, headers={"Queue-Ticket": waits.headers["Queue-Ticket"]}).status_code == 201


def test_steps_bytes_and_requests_of_an_address_are_bounded(shared):
    """Each for itself; what one has used up others still have."""
    client = shared(steps_per_hour=500, upload_bytes_per_hour=1 << 20, requests_per_minute=12)
    text = io.StringIO()
    csv.writer(text).writerows([("t", "v"), *((k, k % 7) for k in range(90_000))])
    file = {"file": ("a.csv", text.getvalue().encode())}
    with client("203.0.113.1") as one, client("203.0.113.2") as two:
        assert [begun(one).status_code for _ in range(3)] == [201, 201, 429]
        assert [one.post("api/uploads", files=file).status_code for _ in range(2)] == [201, 429]
        refused = one.post("api/uploads", files=file)
        assert refused.json()["error"]["code"] == "too-much"
        assert int(refused.headers["Retry-After"]) > 60
        assert begun(two).status_code == 201
        answers = [one.delete("api/sessions/" + "x" * 22) for _ in range(8)]
        assert {a.status_code for a in answers} == {404, 429}
        assert two.delete("api/sessions/" + "x" * 22).status_code == 404
        assert one.get("api/status").status_code == 200


def test_a_run_cannot_be_slower_than_a_step_in_twenty_seconds(server):
    for speed, status in ((0.049, 422), (0.05, 201)):
        answer = server.http.post("api/sessions", json=RUN | {"speed": speed})
        assert answer.status_code == status
    server.http.delete(f"api/sessions/{answer.json()['id']}")
