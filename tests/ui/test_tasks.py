"""Tasks on the page are what the server says of them: one that only this test knows is offered with its options."""

from typing import Any

from playwright.sync_api import Route, expect

from tests.ui.conftest import Open
from tests.ui.helpers import Api

NOTES = {
    "name": "notes",
    "label": "Notes",
    "description": "Notes to sing",
    "unit": "",
    "default": 5,
    "low": 1,
    "high": 9,
}
SING = {
    "name": "sing",
    "label": "Sing",
    "metric": "wrong notes",
    "measure": "Wrong notes.",
    "description": "A tune is heard and sung again.",
    "takes_signal": False,
    "options": [NOTES | {"suggested_low": 1, "suggested_high": 7, "trained": None}],
}


def test_a_task_that_the_server_describes(open_page: Open, ready: Api) -> None:
    def later(route: Route, more: list[dict[str, Any]]) -> None:
        route.fulfill(json=[*route.fetch().json(), *more])

    opens = ready.get("/api/gallery")[0]["id"]
    lstm = next(card for card in ready.get("/api/models") if card["name"] == "lstm-copy")
    page = open_page(None)
    page.route("**/api/tasks", lambda route: later(route, [SING]))
    page.route("**/api/models", lambda route: later(route, [lstm | {"name": "lstm-sing", "task": "sing"}]))
    plan = {"task": "sing", "options": {"notes": 9}, "steps": 18, "events": [], "most": {}, "warnings": []}
    page.route("**/api/tasks/sing/plan", lambda route: route.fulfill(json=plan))
    page.route("**/api/sessions", lambda route: route.fulfill(json={"id": opens}))
    page.goto("/new")
    page.get_by_role("group", name="Task").get_by_role("button", name="Sing", exact=True).click()
    expect(page.get_by_text("A tune is heard and sung again.")).to_be_visible()
    notes = page.get_by_role("spinbutton", name="Notes")
    expect(notes).to_have_value("5")
    expect(page.get_by_role("slider", name="Notes")).to_have_attribute("max", "7")
    notes.fill("70")
    notes.press("Enter")
    expect(notes).to_have_value("9")
    expect(page.locator("p.cost")).to_contain_text("18 steps")
    with page.expect_request("**/api/sessions") as waiting:
        page.get_by_role("button", name="Run", exact=True).click()
    asked: Any = waiting.value.post_data_json
    assert asked["task"] == "sing"
    assert asked["task_params"] == {"notes": 9}
    assert asked["signal"] == {"kind": "none"}
    assert asked["models"] == ["lstm"]
    page.wait_for_url(f"**/s/{opens}*")


def test_a_run_tells_what_it_will_cost_whatever_its_task(open_page: Open, ready: Api) -> None:
    """Steps, time and size, from what a step of each chosen model takes on this host."""
    cards = [
        card | {"measured_ms_per_step": 2.0, "bytes_per_step": 1500.0}
        for card in ready.get("/api/models")
        if card["name"] in ("lstm-copy", "ntm-copy", "lstm-signal-recall")
    ]
    page = open_page(None)
    page.route("**/api/models", lambda route: route.fulfill(json=cards))
    page.goto("/new")
    cost = page.locator("p.cost")
    expect(cost).to_contain_text("Hz")
    page.get_by_role("group", name="Task").get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("spinbutton", name="Vectors").fill("50")
    page.get_by_role("spinbutton", name="Vectors").press("Enter")
    expect(cost).to_contain_text("101 steps")
    expect(cost).not_to_contain_text("Hz")  # bits have no rate; the signal looked at before has
    expect(cost).to_contain_text("4.00 ms a step")
    expect(cost).to_contain_text("about 303 kB recorded")
