"""A knob rewrites its literal in the shown code; what is shown is what runs."""

from __future__ import annotations

from typing import Any

from tests.browser.lab import exported, run, until, wait_for_end, write

SHELF = "/lab/bakery-shelf"


def slider(page: Any, name: str) -> Any:
    return page.locator(f"[data-knob={name}] input")


def test_turned_knob_rewrites_the_code_and_runs_again(visit: Any) -> None:
    page = visit().open(SHELF)
    run(page)
    first = page.evaluate("threadplay.store.get().trace.run")
    slider(page, "GUESTS").focus()
    page.keyboard.press("ArrowRight")
    until(page, "(first) => { const { trace } = threadplay.store.get(); return trace.run !== first }", arg=first)
    wait_for_end(page)
    assert "\nGUESTS = 4\n" in page.evaluate("threadplay.store.get().source")
    names = {record["name"] for record in exported(page) if record["type"] == "thread"}
    assert {"Guest-1", "Guest-2", "Guest-3", "Guest-4"} <= names


def test_quick_turns_end_at_the_last_value(visit: Any) -> None:
    page = visit().open(SHELF)
    slider(page, "ROOM").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    knob = slider(page, "ROOM").element_handle()
    until(page, "(knob) => threadplay.store.get().source.includes(`\\nROOM = ${knob.value}\\n`)", arg=knob)


def test_knob_follows_the_typed_code_and_goes_with_it(visit: Any) -> None:
    page = visit().open(SHELF)
    source = page.evaluate("threadplay.store.get().source")
    write(page, source.replace("BAKERS = 2", "BAKERS = 5"))
    assert slider(page, "BAKERS").input_value() == "5"
    write(page, source.replace("BAKERS = 2", "COOKS = 2"))
    slider(page, "BAKERS").wait_for(state="hidden")
    assert "BAKERS is not in the code any more" in page.locator(".knobs-missing").inner_text()


def test_reset_brings_the_program_back(visit: Any) -> None:
    visitor = visit()
    page = visitor.open(SHELF)
    source = page.evaluate("threadplay.store.get().source")
    assert page.get_by_role("button", name="Reset").is_disabled()
    write(page, source + "print('more')\n")
    until(page, "() => localStorage.getItem('threadplay:code:bakery-shelf')?.includes('more')")
    again = visitor.open(SHELF)
    assert again.evaluate("threadplay.store.get().source").endswith("print('more')\n")
    again.get_by_role("button", name="Reset").click()
    assert again.evaluate("threadplay.store.get().source") == source
