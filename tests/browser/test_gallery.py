"""The gallery: found by a word or a primitive, pictures of real recordings, progress kept in the browser."""

from __future__ import annotations

from typing import Any

from playground import scenarios
from tests.browser.lab import run, until


def test_every_scenario_has_a_card_with_a_drawn_recording(visit: Any) -> None:
    page = visit().open("/")
    assert page.locator(".sc").count() == len(scenarios())
    for card in page.locator(".sc").all():
        card.scroll_into_view_if_needed()
        until(page,
            """(slug) => { const canvas = document.querySelector(`.sc[data-slug="${slug}"] canvas`);
                return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0); }""",
            arg=card.get_attribute("data-slug"))


def test_search_and_chips_narrow_the_cards(visit: Any) -> None:
    page = visit().open("/")
    page.wait_for_selector("#chips button")
    page.keyboard.press("/")
    page.keyboard.type("deadlock")
    assert 0 < page.locator(".sc:visible").count() < len(scenarios())
    page.locator("#search").fill("xylophone")
    assert page.locator("#none").is_visible()
    page.locator("#search").fill("")
    page.get_by_role("button", name="Queue", exact=True).click()
    assert {card.get_attribute("data-primitive") for card in page.locator(".sc:visible").all()} == {"Queue"}


def test_finished_scenario_is_marked_on_the_path(visit: Any) -> None:
    visitor = visit()
    run(visitor.open("/lab/bakery-shelf"))
    page = visitor.open("/")
    page.locator(".sc[data-slug=bakery-shelf] .ok").wait_for()
