"""The Schedule mode: somebody picks who runs next, to the deadlock and to safety, by mouse and by key, and hands the order on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.lab import until, write
from tests.browser.test_share import share

ABBA = """import threading

a_lock = threading.Lock()
b_lock = threading.Lock()
total = 0


def there():
    global total
    with a_lock:
        with b_lock:
            total += 1


def back():
    global total
    with b_lock:
        with a_lock:
            total += 10


pair = [threading.Thread(target=there), threading.Thread(target=back)]
for thread in pair:
    thread.start()
for thread in pair:
    thread.join()
"""
COUNTER = """import threading

total = 0


def clerk():
    global total
    total += 1


first = threading.Thread(target=clerk)
second = threading.Thread(target=clerk)
first.start()
second.start()
first.join()
second.join()
"""
SPEAKING = """\
import threading


def say(words):
    print(words)


speakers = [threading.Thread(target=say, args=(words,)) for words in ("<b>one</b>", "two")]
for speaker in speakers:
    speaker.start()
for speaker in speakers:
    speaker.join()
"""
NOW = """() => {
    const { steps, step, branch, branches, trace, note } = threadplay.store.get();
    const stand = (thread) => { const at = steps.standAt(thread, step); return at ? `${at.kind} ${at.name}` : ''; };
    const run = { count: steps.count, end: trace.ended.outcome, schedule: steps.schedule };
    return { ...run, step, ready: steps.readyAt(step), branch, branches: branches.length, note, stands: trace.threads.map(({ id }) => stand(id)) };
}"""


def now(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(NOW)
    return found


def settle(page: Any) -> None:
    """Wait until what was asked for is there and drawn."""
    until(page, """() => {
        const { steps, picking, trace, step } = threadplay.store.get();
        return steps && !picking && threadplay.lastDrawn?.run === trace.run && threadplay.lastDrawn.step === step;
    }""")


def schedule(page: Any, source: str = ABBA) -> None:
    """Open the mode with that program, run to its first choice."""
    write(page, source)
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.locator(".title .btn.run").click()
    settle(page)


def choose(page: Any, thread: int, *, key: bool = False) -> None:
    """Pick a thread's card; by its number if `key`."""
    card = page.locator(f"[data-pick='{thread}']")
    card.wait_for()
    before = now(page)["step"]
    if key:
        page.keyboard.press(str(card.get_attribute("aria-keyshortcuts")))
    else:
        card.click()
    until(page, "(before) => threadplay.store.get().picked === before + 1 && !threadplay.store.get().picking", before)
    settle(page)


def to_the_deadlock(page: Any, *, key: bool = False) -> None:
    """main starts both; the first takes its lock, the second the other one."""
    for _ in range(60):
        at = now(page)
        if not at["ready"]:
            return
        first = at["stands"][1] if len(at["stands"]) > 1 else ""
        thread = 0 if 0 in at["ready"] else 1 if 1 in at["ready"] and first != "lock.acquire b_lock" else 2 if 2 in at["ready"] else at["ready"][0]
        choose(page, thread, key=key)
    raise AssertionError("no end in 60 steps")


@pytest.mark.parametrize("key", [False, True], ids=["click", "key"])
def test_picks_lead_to_the_deadlock_and_a_branch_to_safety(key: bool, visit: Any) -> None:
    page = visit().open("/lab")
    schedule(page)
    assert now(page)["end"] == "ok"
    to_the_deadlock(page, key=key)
    at = now(page)
    assert at["end"] == "deadlock"
    assert at["step"] == at["count"]
    assert at["branches"] == 2
    assert "ends in a deadlock" in page.locator(".who-next").inner_text()
    page.keyboard.press("ArrowLeft")
    until(page, "(count) => threadplay.store.get().step === count - 1", at["count"])
    page.keyboard.press("Shift+ArrowLeft")
    settle(page)
    at = now(page)
    assert {1, 2} <= set(at["ready"])
    choose(page, 1, key=key)
    page.keyboard.press("End")
    settle(page)
    assert now(page)["end"] == "ok"
    assert now(page)["step"] == now(page)["count"]


def test_after_a_pick_steps_without_a_choice_follow_by_themselves(visit: Any) -> None:
    page = visit().open("/lab")
    schedule(page)
    passed = 0
    for _ in range(60):
        at = now(page)
        if at["step"] == at["count"]:
            break
        choose(page, at["ready"][-1])
        choices = page.evaluate("() => { const { steps, step, picked } = threadplay.store.get(); return [step, picked, steps.untilChoice(picked)]; }")
        assert choices[0] == choices[2]
        if choices[0] > choices[1]:
            passed += 1
            assert choices[0] == now(page)["count"] or "without a choice" in page.locator(".who-next").inner_text()
    assert passed
    page.keyboard.press("ArrowLeft")
    until(page, "(count) => threadplay.store.get().step === count - 1", now(page)["count"])


def test_output_shows_what_was_printed_up_to_the_step(visit: Any) -> None:
    page = visit().open("/lab")
    schedule(page, SPEAKING)
    page.get_by_role("button", name="Output").click()
    output = page.locator("[data-panel=output]")
    page.keyboard.press("Home")
    settle(page)
    output.get_by_text("Nothing printed up to this moment.").wait_for()
    said = page.evaluate("""() => {
      const { trace, steps } = threadplay.store.get();
      return trace.outputs.map(({ at_ns, text }) => [steps.stepOfTime(at_ns), text]);
    }""")
    assert "".join(text for _, text in said) == "<b>one</b>\ntwo\n"
    page.evaluate("(step) => threadplay.actions.stepTo(step)", said[0][0])
    output.get_by_text("<b>one</b>").wait_for()
    assert output.get_by_text("two").count() == 0
    page.keyboard.press("End")
    output.get_by_text("two").wait_for()
    output.get_by_role("button", name="In order").click()
    assert [line.split("\n")[0] for line in output.locator(".og").all_inner_texts()] == ["S1", "S2"]
    assert not output.get_by_role("button", name="Inside the line").is_visible()
    page.keyboard.press("Home")
    output.get_by_role("button", name="Inside the line").click()
    assert page.locator("[data-panel=bytecode]").is_visible()
    assert not output.is_visible()


@pytest.mark.parametrize("away", ["reload", "back"])
def test_mode_interleaving_and_step_are_there_again_after(away: str, visit: Any) -> None:
    page = visit().open("/lab/two-transfers")
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.evaluate("threadplay.actions.setGranularity('line')")
    page.locator(".title .btn.run").click()
    settle(page)
    choose(page, now(page)["ready"][-1])
    until(page, "() => history.state?.threadplay?.step === threadplay.store.get().step && history.state.threadplay.schedule")
    before = now(page)
    assert page.url.endswith("/lab/two-transfers?mode=controlled")
    if away == "reload":
        page.reload()
    else:
        page.locator(".brand").click()
        page.wait_for_selector(".cards, .gallery, main")
        page.go_back()
    page.wait_for_selector("html[data-ready]")
    settle(page)
    after = now(page)
    assert (after["schedule"], after["step"]) == (before["schedule"], before["step"])
    assert page.evaluate("[threadplay.store.get().mode, threadplay.store.get().granularity]") == ["controlled", "line"]
    page.get_by_role("button", name="Watch", exact=True).click()
    assert page.url.endswith("/lab/two-transfers")


def test_pill_lists_the_branches_and_opens_them(visit: Any) -> None:
    page = visit().open("/lab")
    schedule(page)
    to_the_deadlock(page)
    page.keyboard.press("b")
    page.get_by_role("menu", name="Branches").wait_for()
    page.get_by_role("menuitemradio", name="Branch 1").click()
    settle(page)
    assert (now(page)["branch"], now(page)["end"]) == (1, "ok")
    page.get_by_role("button", name="Branch 1").click()
    page.get_by_role("menuitemradio", name="Branch 2").click()
    settle(page)
    assert now(page)["end"] == "deadlock"


def test_values_mark_the_step_that_changed_them(visit: Any) -> None:
    page = visit().open("/lab")
    schedule(page)
    page.keyboard.press("End")
    settle(page)
    changing = page.evaluate("""() => {
        const { steps } = threadplay.store.get();
        return [...Array(steps.count).keys()].map((k) => k + 1).filter((k) => steps.changedAt('total', k));
    }""")
    assert len(changing) == 2
    page.evaluate("(k) => threadplay.actions.stepTo(k)", changing[0])
    row = page.locator(f".vt tr[data-step='{changing[0]}']")
    row.locator("td.ch").first.wait_for()
    until(page, "(k) => document.querySelector(`.vt tr[data-step='${k}']`)?.getAttribute('aria-current') === 'step'", changing[0])
    later = page.locator(f".vt tr[data-step='{changing[0] + 1}']")
    until(page, "(k) => document.querySelector(`.vt tr[data-step='${k}']`)?.classList.contains('ghost')", changing[0] + 1)
    assert "would happen" in (later.text_content() or "")


def test_bytecode_shows_how_far_each_thread_is_in_the_line(visit: Any) -> None:
    page = visit().open("/lab")
    schedule(page, COUNTER)
    page.evaluate("threadplay.actions.setGranularity('bytecode')")
    until(page, "() => threadplay.store.get().steps?.schedule.startsWith('tp1;bytecode') && !threadplay.store.get().picking")
    at = page.evaluate("""() => { const { steps } = threadplay.store.get();
        const writes = (stand) => stand?.kind === 'write' && stand.name === 'total';
        return [...Array(steps.count).keys()].find((k) => writes(steps.standAt(1, k))); }""")
    page.evaluate("(k) => threadplay.actions.stepTo(k)", at)
    panel = page.locator("[data-panel=bytecode]")
    panel.get_by_role("heading", name="Inside line 8").wait_for()
    here = panel.locator(".bcc", has_text="clerk-1").locator(".here")
    here.wait_for()
    assert "STORE_GLOBAL" in here.inner_text()
    assert "write" in here.inner_text()
    assert "has read 0 from total" in panel.inner_text()


def test_lanes_are_drawn_where_the_steps_say(visit: Any) -> None:
    page = visit().open("/lab")
    schedule(page)
    page.keyboard.press("End")
    settle(page)
    until(page, "() => document.querySelector('[data-panel=schedule]').schedule.settled()")
    wrong = page.evaluate("""() => {
        const { schedule } = document.querySelector('[data-panel=schedule]'), view = schedule.view(), { steps } = threadplay.store.get();
        const c = schedule.canvas.getContext('2d'), scale = schedule.canvas.width / view.w, running = view.p.mark[3];
        const hex = ([r, g, b]) => '#' + [r, g, b].map((each) => each.toString(16).padStart(2, '0')).join('');
        const wrong = [];
        for (let column = view.first; column < Math.min(steps.count, view.last); column++) for (const [thread, y] of view.laneY) {
            const x = view.X(column) + 4;
            if (x < 2 || x > view.w - 2) continue;
            const seen = hex(c.getImageData(Math.round(x * scale), Math.round((y + 3) * scale), 1, 1).data) === running;
            if (seen !== (steps.chosenAt(column) === thread)) wrong.push([column, thread, seen]);
        }
        return wrong;
    }""")
    assert wrong == []


def test_link_opens_the_same_order_at_the_same_step(visit: Any) -> None:
    page = visit().open("/lab")
    schedule(page)
    to_the_deadlock(page)
    page.keyboard.press("ArrowLeft")
    settle(page)
    before = now(page)
    link = share(page)
    other = visit()
    page = other.open(link.removeprefix(other.base))
    settle(page)
    after = now(page)
    assert page.evaluate("document.body.dataset.mode") == "controlled"
    assert (after["schedule"], after["end"], after["step"], after["stands"]) == (before["schedule"], "deadlock", before["step"], before["stands"])


def test_watch_and_schedule_keep_the_code_and_each_its_trace(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, COUNTER)
    page.locator(".title .btn.run").click()
    until(page, "() => threadplay.store.get().run === 'ended'")
    watched = page.evaluate("threadplay.store.get().trace.run")
    schedule(page, COUNTER)
    assert page.evaluate("threadplay.store.get().source") == COUNTER
    assert not page.locator("#timeline").is_visible()
    page.get_by_role("button", name="Watch", exact=True).click()
    assert page.evaluate("threadplay.store.get().trace.run") == watched
    assert page.locator("#timeline").is_visible()
    assert not page.locator("#schedule").is_visible()


def test_edited_program_starts_anew_and_says_so(visit: Any) -> None:
    page = visit().open("/lab")
    schedule(page, COUNTER)
    write(page, COUNTER.replace("total += 1", "total += 2"))
    page.get_by_text("edited since this run. Run it").wait_for()
    before = page.evaluate("threadplay.store.get().trace.run")
    page.keyboard.press("1")
    until(page, "(before) => threadplay.store.get().trace.run !== before && !threadplay.store.get().picking", before)
    page.get_by_text("the steps start anew").wait_for()
    assert now(page)["branches"] == 1


NO_STEPS = [("def broken(:\n    pass\n", "line 1"), ("print(input('name? '))\n", "input")]


@pytest.mark.parametrize(("source", "words"), NO_STEPS, ids=["syntax", "input"])
def test_program_without_steps_says_why(source: str, words: str, visit: Any) -> None:
    page = visit().open("/lab")
    write(page, source)
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.locator(".title .btn.run").click()
    until(page, "() => threadplay.store.get().run === 'ended' && !threadplay.store.get().picking")
    until(page, "(words) => document.querySelector('[data-panel=schedule]').innerText.includes(words)", words)


def test_phone_steps_with_the_bar(visit: Any) -> None:
    page = visit(phone=True).open("/lab")
    write(page, ABBA)
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.locator(".runbar:not(.stepbar) .btn.run").click()
    settle(page)
    step = now(page)["step"]
    page.locator(".stepbar").get_by_role("button", name="Step forward").click()
    until(page, "(step) => threadplay.store.get().step === step + 1", step)
    settle(page)
    thread = page.locator("[data-pick]").last.get_attribute("data-pick")
    page.locator("[data-pick]").last.click()
    until(page, "(step) => threadplay.store.get().picked === step + 2", step)
    assert page.evaluate("threadplay.store.get().steps.chosenAt(threadplay.store.get().picked - 1)") == int(str(thread))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
