"""A link opens the same program with the same knobs, for somebody else, in another browser."""

from __future__ import annotations

from typing import Any

from tests.browser.lab import run, until, write


def share(page: Any) -> str:
    page.locator("[data-panel=share] button").click()
    field = page.get_by_label("The link")
    field.wait_for()
    link = field.input_value()
    page.keyboard.press("Escape")
    return str(link)


def test_link_opens_the_same_program_knobs_and_python(visit: Any) -> None:
    page = visit().open("/lab/bakery-shelf")
    page.locator("[data-knob=ROOM] input").focus()
    page.keyboard.press("ArrowRight")
    until(page, "() => threadplay.store.get().source.includes('ROOM = 5')")
    before = page.evaluate("(({ source, knobs, mode, python }) => ({ source, knobs, mode, python }))(threadplay.store.get())")
    link = share(page)
    other = visit()
    page = other.open(link.removeprefix(other.base))
    after = page.evaluate("(({ source, knobs, mode, python }) => ({ source, knobs, mode, python }))(threadplay.store.get())")
    assert after == before
    assert after["knobs"]["ROOM"] == "5"
    assert page.locator("[data-knob=ROOM] input").input_value() == "5"
    run(page)


def test_dialog_promises_no_more_than_it_holds(visit: Any) -> None:
    page = visit().open("/lab")
    page.locator("[data-panel=share] button").click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "scheduled anew" in dialog.inner_text()
    assert "replays" not in dialog.inner_text()


def test_program_that_is_too_large_is_offered_as_a_file(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/lab")
    write(page, "#" * 70_000)
    page.locator("[data-panel=share] button").click()
    page.get_by_role("link", name="Download program.py").wait_for()
    assert [complaint for complaint in visitor.complaints if "400" not in complaint] == []
    visitor.complaints.clear()


def test_a_link_opens_what_was_shared_and_own_edits_are_a_click_away(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/lab")
    write(page, "print('shared')\n")
    link = share(page)
    page.goto(link)
    until(page, "() => globalThis.threadplay && document.documentElement.dataset.ready !== undefined")
    write(page, "print('mine')\n")
    page.reload()
    until(page, "() => globalThis.threadplay && document.documentElement.dataset.ready !== undefined")
    assert page.evaluate("threadplay.store.get().source") == "print('mine')\n"
    page = page.context.new_page()
    page.goto(link)
    until(page, "() => globalThis.threadplay && document.documentElement.dataset.ready !== undefined")
    assert page.evaluate("threadplay.store.get().source") == "print('shared')\n"
    page.get_by_role("button", name="Your edits").click()
    assert page.evaluate("threadplay.store.get().source") == "print('mine')\n"
