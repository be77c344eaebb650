"""The whole story: threads chosen by hand to the deadlock, a branch to safety, the failure found, the link handed on, the same interleaving seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.lab import until, write
from tests.browser.test_access import violations
from tests.browser.test_share import share

SLOW_MS = 60_000
"""A search and two runs in fresh cells, on a machine that has other things to do."""
MOST_PICKS = 60
STEPS_THERE = "() => threadplay.store.get().steps?.count > 0 && !threadplay.store.get().picking"
SEARCHED = "() => threadplay.store.get().search.state === 'done'"
FOUND = """() => {
    const { steps, search } = threadplay.store.get();
    return document.body.dataset.found === 'yes' && steps?.schedule === search.explored?.failure?.schedule;
}"""
SCHEDULE_THERE = """(step) => {
    const { mode, steps, step: at, picking } = threadplay.store.get();
    return mode === 'controlled' && steps?.count > 0 && !picking && (step === null || at === step);
}"""
PLACE = """() => {
    const { steps, step, trace, branch } = threadplay.store.get(), t = steps.timeOf(step);
    const idOf = (name) => [...trace.objects.values()].find((each) => each.name === name)?.id;
    const holds = (name) => (idOf(name) ? trace.objectAt(idOf(name), t).owner : null);
    const ready = [...steps.readyAt(step), ...(steps.mayTick(step) ? [-1] : [])];
    return { step, count: steps.count, ready, a: holds('a.lock'), b: holds('b.lock'), branch, outcome: trace.ended.outcome };
}"""
DIGEST = """async () => {
    const js = document.querySelector('script[type=module]').src.replace('main.js', '');
    const { digestOf } = await import(js + 'core/digest.js'), { trace, steps } = threadplay.store.get();
    return { digest: digestOf(trace), events: trace.count, steps: steps.count, schedule: steps.schedule, outcome: trace.ended.outcome };
}"""
LOST_UPDATE = """
import threading

count = 0

def add():
    global count
    seen = count
    count = seen + 1

threads = [threading.Thread(target=add) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert count == 2, count
"""
KEPT = LOST_UPDATE.replace("    seen = count\n    count = seen + 1", "    with lock:\n        count += 1").replace(
    "count = 0\n", "count = 0\nlock = threading.Lock()\n", 1)


def mode(page: Any, word: str) -> None:
    page.get_by_role("group", name="Mode").get_by_role("button", name=word, exact=True).click()


def find(page: Any) -> None:
    """Press Find and wait until the search is over."""
    page.locator(".title .btn.run").click()
    until(page, SEARCHED, timeout_ms=SLOW_MS)


def pick(page: Any, thread: int) -> dict[str, Any]:
    """Press that thread's card (-1: the clock's) and wait until the step is made."""
    before = page.evaluate(PLACE)
    page.locator(f".who-next [data-pick='{thread}']").click()
    until(page, "(step) => threadplay.store.get().picked === step && !threadplay.store.get().picking", before["step"] + 1, SLOW_MS)
    return page.evaluate(PLACE)  # type: ignore[no-any-return]


def first_of(wishes: list[int], ready: list[int]) -> int:
    return next((thread for thread in wishes if thread in ready), ready[0])


def walk(page: Any, choose: Any) -> dict[str, Any]:
    """Pick by hand until the run is over."""
    place: dict[str, Any] = page.evaluate(PLACE)
    for _ in range(MOST_PICKS):
        if place["step"] == place["count"]:
            return place
        place = pick(page, choose(place))
    raise AssertionError(f"not over after {MOST_PICKS} picks: {place}")


def towards_deadlock(place: dict[str, Any]) -> int:
    """Main until both are there; then each of the two until it has its first lock; then whoever can."""
    if 1 in place["ready"] and place["a"] != 1:
        return first_of([0, 1] if 2 not in place["ready"] and 0 in place["ready"] else [1], place["ready"])
    return first_of([2, 1, -1, 0] if place["b"] != 2 else [1, 2, -1, 0], place["ready"])


def towards_safety(place: dict[str, Any]) -> int:
    """Transfer 1 alone until it is over, whatever it has to wait for; then the rest."""
    return first_of([1, -1, 2, 0] if place["a"] == 1 else [1, 2, -1, 0], place["ready"])


def test_by_hand_to_the_deadlock_back_to_safety_then_found_shared_and_the_same_elsewhere(visit: Any) -> None:
    page = visit().open("/lab/two-transfers")
    mode(page, "Schedule")
    page.locator(".title .btn.run").click()
    until(page, STEPS_THERE, timeout_ms=SLOW_MS)
    over = walk(page, towards_deadlock)
    assert over["outcome"] == "deadlock"
    page.locator("[data-finding=deadlock] .wfg .waits.in-circle").nth(1).wait_for()
    circle = page.locator("[data-finding=deadlock] .wfg .in-circle[data-node]")
    assert circle.evaluate_all("(all) => all.map((each) => each.dataset.node).sort()") == ["a.lock", "b.lock", "transfer-1", "transfer-2"]

    while page.evaluate(PLACE)["b"] is not None:
        page.locator(".schedule [data-go=back]").click()
    assert page.evaluate(PLACE)["a"] == 1
    safe = walk(page, towards_safety)
    assert safe["outcome"] == "ok"
    assert safe["branch"] > 1
    assert "This order ends well." in page.locator("[data-panel=findings]").inner_text()

    mode(page, "Find")
    find(page)
    until(page, FOUND, timeout_ms=SLOW_MS)
    result = page.locator("[data-panel=search] .result")
    assert "Deadlock found" in result.inner_text()
    assert "Needs no forced switch" in result.inner_text()
    told = page.locator("[data-finding=deadlock]").inner_text()
    assert "transfer-1 holds a.lock and waits for b.lock" in told
    assert page.locator(".search-steps tbody tr").count() > 3
    here = page.evaluate(DIGEST)
    assert here["schedule"] == page.locator(".schedule-text code").inner_text()

    link = share(page)
    other = visit()
    there = other.open(link.removeprefix(other.base))
    until(there, STEPS_THERE, timeout_ms=SLOW_MS)
    assert there.evaluate("threadplay.store.get().mode") == "find"
    assert there.evaluate(DIGEST) == here
    there.locator("[data-finding=deadlock] .wfg .waits.in-circle").nth(1).wait_for()


def test_lost_update_says_where_it_can_happen_and_is_stepped_through(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, LOST_UPDATE)
    mode(page, "Find")
    page.keyboard.press("Control+Enter")
    until(page, SEARCHED, timeout_ms=SLOW_MS)
    until(page, FOUND, timeout_ms=SLOW_MS)
    words = page.locator("[data-panel=search] .result").inner_text()
    assert "AssertionError found" in words
    assert "Needs 1 switch at the wrong moment." in words
    assert "Can happen without the GIL. With the GIL, not on CPython 3.1" in words
    page.get_by_role("button", name="Step through it").click()
    until(page, SCHEDULE_THERE, 0, SLOW_MS)
    assert page.locator("[data-finding] .ahead:not([hidden])").count() > 0


def test_trying_alone_starts_at_the_beginning_and_tells_nothing_before_it_is_wanted(visit: Any) -> None:
    page = visit().open("/lab/two-transfers")
    mode(page, "Find")
    find(page)
    until(page, FOUND, timeout_ms=SLOW_MS)
    page.get_by_role("button", name="Try it on your own").click()
    until(page, SCHEDULE_THERE, 0, SLOW_MS)
    assert page.locator("[data-finding]").count() == 0
    page.get_by_role("button", name="Tell me how").click()
    page.locator("[data-finding=deadlock]").wait_for()


def test_all_orders_are_a_tree_whose_ends_can_be_opened(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, KEPT)
    mode(page, "Find")
    find(page)
    assert "No order fails" in page.locator("[data-panel=search] .result").inner_text()
    count = page.evaluate("threadplay.store.get().search.explored.classes.length")
    assert page.locator(".tree [role=option]").count() == count
    assert page.locator(".tree .leaf.clean[role=option]").count() == count
    choices = page.evaluate("threadplay.store.get().search.explored.classes.map((each) => each.choices)")
    page.get_by_role("button", name="Open the tree").click()
    dialog = page.get_by_role("dialog", name=page.locator(".tree .tx b").inner_text())
    dialog.wait_for()
    page.keyboard.press("Escape")
    until(page, "() => document.querySelectorAll('.tree [role=listbox]').length === 1")
    page.locator(".tree [role=listbox]").focus()
    page.keyboard.press("Enter")
    until(page, SCHEDULE_THERE, None, SLOW_MS)
    assert page.evaluate("threadplay.store.get().steps.schedule.split(';')[4]") in choices


def test_what_cannot_be_settled_says_why_and_what_to_do(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, "name = input()\n")
    mode(page, "Find")
    find(page)
    words = page.locator("[data-panel=search] .result").inner_text()
    assert "Not settled" in words
    assert "input()" in words
    assert "Write the answers into the program" in words


def test_program_that_python_cannot_read_points_at_its_line(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, "import threading\ndef work(:\n    pass\n")
    mode(page, "Find")
    find(page)
    assert "Python cannot read the program: line 2" in page.locator("[data-panel=search] .result").inner_text()
    assert page.evaluate("threadplay.store.get().error.line") == 2


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_find_has_no_violation(theme: str, phone: bool, visit: Any) -> None:
    page = visit(phone=phone, theme=theme).open("/lab/two-transfers")
    mode(page, "Find")
    assert violations(page) == []
    page.locator(".runbar .btn.run:visible, .title .btn.run:visible").first.click()
    until(page, SEARCHED, timeout_ms=SLOW_MS)
    until(page, FOUND, timeout_ms=SLOW_MS)
    page.locator("[data-finding=deadlock] .wfg .waits").first.wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Show all orders").click()
    page.get_by_role("button", name="Open the tree").wait_for(timeout=SLOW_MS)
    assert violations(page) == []
    page.get_by_role("button", name="Open the tree").click()
    page.get_by_role("dialog").wait_for()
    assert violations(page) == []
