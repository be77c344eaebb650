"""Press Run on every scenario: real threads appear, and what the canvas shows is what the trace says."""

from __future__ import annotations

import bisect
import random
from typing import Any

import pytest

from playground import scenarios
from tests.browser.lab import exported, run, until, wait_for_end, write

POINTS = 50
KEYS = {state: state for state in ("new", "ready", "running", "blocked", "sleeping", "io", "done", "crashed")}
KEYS |= {"waiting_gil": "gil", "killed": "done"}
"""The exported word to the token's name; killed is drawn in the colour of done."""
LOOK = """([thread, start, end, shares]) => {
    const { timeline } = document.querySelector('[data-panel=timeline]'), wide = (end - start) * 12, middle = (start + end) / 2;
    timeline.show(middle - wide / 2, middle + wide / 2);
    if (!threadplay.store.get().trace.stateAt(thread, middle).known) return 'unknown';
    for (const share of shares) {
        const state = timeline.stateAtPixel(thread, start + (end - start) * share);
        if (state) return state;
    }
    return null;
}"""
"""What the pixels of that span show, at the first of some places in it that no arrow and no label covers."""
ROWS = "[...document.querySelectorAll('.threads tbody tr')].map((row) => row.dataset.state)"
LANES = """(t) => {
    const { trace } = threadplay.store.get();
    const keys = ['none', 'new', 'ready', 'running', 'gil', 'blocked', 'sleeping', 'io', 'done', 'crashed', 'killed'];
    return trace.threads.map((thread) => keys[trace.stateAt(thread.id, t).state]);
}"""
SLUGS = [scenario.slug for scenario in scenarios()]


class History:
    """One thread's states by the exported trace, reduced here without any of the page's code."""

    def __init__(self) -> None:
        self.since: list[int] = []
        self.state: list[str] = []

    def add(self, at_ns: int, state: str) -> None:
        if self.state and self.state[-1] == state:
            return
        if self.since and self.since[-1] == at_ns:
            self.state[-1] = state
            return
        self.since.append(at_ns)
        self.state.append(state)

    def spans(self, until: int) -> list[tuple[int, int, str]]:
        return [(start, end, state) for start, end, state in zip(self.since, [*self.since[1:], until], self.state, strict=True) if end > start]

    def at(self, t: float) -> str:
        return self.state[bisect.bisect_right(self.since, t) - 1]


def histories(records: list[dict[str, Any]]) -> dict[int, History]:
    found: dict[int, History] = {}
    for record in records:
        if record["type"] == "event" and record["to"]:
            found.setdefault(record["thread"], History()).add(record["at_ns"], record["to"])
    return found


def hides_states(gap: dict[str, Any]) -> bool:
    """Lines and output carry no state; a gap of anything else, or of nobody knows what, may hide some."""
    return not gap["counts"] or not set(gap["counts"]) <= {"line", "output"}


def cuts(gap: dict[str, Any], thread: int, start: int, end: int, _state: str) -> bool:
    """Whether that span of that thread is not drawn, in part at least."""
    named = thread in gap["threads"] if gap["threads"] else not gap["objects"]
    return named and gap["from_ns"] < end and start < gap["to_ns"]


@pytest.mark.parametrize("slug", SLUGS)
def test_canvas_shows_the_states_of_the_exported_trace(slug: str, visit: Any) -> None:
    page = visit().open(f"/lab/{slug}")
    run(page)
    records = exported(page)
    end_ns = records[-1]["at_ns"]
    assert records[-1]["type"] == "end"
    assert page.evaluate("threadplay.store.get().trace.count") == sum(record["type"] == "event" for record in records)
    gaps = [record for record in records if record["type"] == "gap" and hides_states(record)]
    spans = [(thread, *span) for thread, history in histories(records).items() for span in history.spans(end_ns)]
    seen = [each for each in spans if each[2] - each[1] > 2_000 and not any(cuts(gap, *each) for gap in gaps)]
    assert seen
    dice = random.Random(slug)
    wrong, read = [], 0
    for thread, start, end, state in dice.choices(seen, k=2 * POINTS):
        shown = page.evaluate(LOOK, [thread, start, end, [dice.uniform(0.15, 0.85) for _ in range(8)]])
        if shown is None or (shown == "unknown" and any(gap["from_ns"] < end for gap in gaps)):
            continue
        read += 1
        if shown != KEYS[state]:
            wrong.append((thread, start, end, state, shown))
        if read == POINTS:
            break
    assert wrong == []
    assert read == POINTS


def test_deadlock_is_named_and_drawn(visit: Any) -> None:
    page = visit().open("/lab/two-transfers")
    for _ in range(10):
        run(page)
        if page.evaluate("threadplay.store.get().trace.ended.outcome") == "deadlock":
            break
    finding = page.locator("[data-finding=deadlock]")
    finding.wait_for()
    trace = page.evaluate("""() => {
        const { findings, threads } = threadplay.store.get().trace;
        return { finding: findings.find((each) => each.kind === 'deadlock'), threads };
    }""")
    text = finding.inner_text()
    assert trace["finding"]["title"] in text
    for thread in trace["finding"]["threads"]:
        assert trace["threads"][thread]["name"] in text
    finding.locator("svg.wfg .waits.in-circle").nth(1).wait_for()
    assert finding.locator("svg.wfg .thread.in-circle").count() == finding.locator("svg.wfg .object.in-circle").count() == 2


def test_threads_panel_says_what_the_trace_says_at_the_playhead(visit: Any) -> None:
    page = visit().open("/lab/bakery-shelf")
    run(page)
    until = page.evaluate("threadplay.store.get().trace.until")
    for share in (0.1, 0.35, 0.6, 0.9):
        page.evaluate("(t) => threadplay.actions.seek(t)", until * share)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(ROWS) == page.evaluate(LANES, until * share)


def test_ctrl_enter_runs_and_stops(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, "import time\nwhile True:\n    time.sleep(0.01)\n")
    page.keyboard.press("Control+Enter")
    until(page, "() => threadplay.store.get().run === 'live'")
    page.locator(".title .btn.run", has_text="Stop").wait_for()
    page.keyboard.press("Control+Enter")
    wait_for_end(page)
    assert page.evaluate("threadplay.store.get().trace.ended.outcome") == "stopped"
    page.locator(".title .btn.run", has_text="Run again").wait_for()


def test_syntax_error_is_shown_at_its_line(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, "x = 1\nif x\n    print(x)\n")
    run(page)
    words = page.locator(".wrong-words")
    words.wait_for()
    assert "expected ':'" in words.inner_text()
    assert page.locator(".cm-line.wrong").inner_text() == "if x"


def test_crash_is_shown_at_its_line(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, "import threading\n\ndef work():\n    lok.release()\n\nt = threading.Thread(target=work)\nt.start()\nt.join()\n")
    run(page)
    page.locator("[data-finding=crash]").wait_for()
    assert page.locator(".cm-line.wrong").inner_text().strip() == "lok.release()"
    assert "NameError" in page.locator(".wrong-words").inner_text()


def test_run_is_compared_with_an_unrecorded_one(visit: Any) -> None:
    page = visit().open("/lab")
    run(page)
    page.get_by_role("button", name="Run it unrecorded and compare").click()
    page.locator(".compare", has_text="Unrecorded:").wait_for()
    assert "Both runs ended well" in page.locator(".compare").inner_text()


def test_a_run_that_was_ended_from_outside_is_not_said_to_be_without_a_crash(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, "import ctypes\nctypes.string_at(0)\n")
    run(page)
    assert "No deadlock or crash" not in page.locator(".compare").inner_text()
