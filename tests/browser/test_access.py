"""For everybody: no axe violation on any page, everything by keyboard, states told apart without their hue."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.lab import run, until, wait_for_end

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["/", "/lab", "/lab/bakery-shelf", "/status", "/lab/no-such-scenario"]


def violations(page: Any) -> list[str]:
    """Rule and places of everything axe objects to."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": RULES})
    return [f"{each['id']}: {[node['target'] for node in each['nodes']][:4]} {each['nodes'][0].get('failureSummary', '')[:300]}"
            for each in found.response["violations"]]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_violation(path: str, theme: str, phone: bool, visit: Any) -> None:
    visitor = visit(phone=phone, theme=theme)
    if path == "/lab/no-such-scenario":
        page = visitor.context.new_page()
        page.goto(visitor.base + path)
    else:
        page = visitor.open(path)
    assert violations(page) == []


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("slug", ["bakery-shelf", "two-transfers"])
def test_lab_after_a_run_has_no_violation(slug: str, theme: str, phone: bool, visit: Any) -> None:
    page = visit(phone=phone, theme=theme).open(f"/lab/{slug}")
    if phone:
        page.locator(".runbar .btn.run").click()
        wait_for_end(page)
        for tab in ("Code", "Objects", "Timeline"):
            page.get_by_role("tab", name=tab).click()
            assert violations(page) == []
        return
    run(page)
    assert violations(page) == []
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_schedule_has_no_violation(theme: str, phone: bool, visit: Any) -> None:
    page = visit(phone=phone, theme=theme).open("/lab/two-transfers")
    page.get_by_role("button", name="Schedule", exact=True).click()
    assert violations(page) == []
    page.evaluate("threadplay.actions.run()")
    drawn = "() => { const s = threadplay.store.get(); return s.steps && !s.picking && threadplay.lastDrawn?.step === s.step; }"
    until(page, drawn)
    if phone:
        for tab in ("Code", "Objects", "Timeline"):
            page.get_by_role("tab", name=tab).click()
            assert violations(page) == []
        return
    assert violations(page) == []
    page.keyboard.press("End")
    until(page, drawn)
    assert violations(page) == []


def test_everything_by_keyboard(visit: Any) -> None:
    page = visit().open("/lab/bakery-shelf")
    order: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        place = page.evaluate("""() => {
            const at = document.activeElement;
            return at === document.body ? '' : at.closest('[data-panel]')?.dataset.panel ?? `${at.tagName} ${at.className}`;
        }""")
        if not place:
            break
        if not order or order[-1] != place:
            order.append(place)
        if place == "editor" and page.evaluate("document.activeElement.shadowRoot?.activeElement != null"):
            page.keyboard.press("Escape")
    wanted = ["share", "controls", "knobs", "editor", "timeline", "objects", "threads", "output"]
    assert [place for place in order if place in wanted] == wanted
    page.keyboard.press("Control+Enter")
    wait_for_end(page)
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.className.includes('cm-content')")
    page.keyboard.type("# typed\n")
    assert "# typed" in page.evaluate("threadplay.store.get().source")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.shadowRoot == null")


def test_single_keys_can_be_switched_off(visit: Any) -> None:
    page = visit().open("/lab")
    page.get_by_role("button", name="Keyboard and settings").click()
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    page.locator("#timeline").focus()
    page.keyboard.press("?")
    page.keyboard.press("e")
    assert page.get_by_role("dialog").count() == 0
    assert page.evaluate("document.activeElement.shadowRoot == null")


def test_things_to_try_close_as_other_menus_do(visit: Any) -> None:
    page = visit().open("/lab/bakery-shelf")
    words, card = page.get_by_text("Things to try"), page.locator(".tries .menu-card")
    for leave in (lambda: page.keyboard.press("Escape"), lambda: page.locator(".title h1").click()):
        words.click()
        card.wait_for()
        leave()
        card.wait_for(state="hidden")


def test_phone_has_the_table_and_the_switch_of_the_single_keys(visit: Any) -> None:
    page = visit(phone=True).open("/lab/charging-station")
    page.locator(".runbar .btn.run").click()
    wait_for_end(page)
    page.get_by_role("button", name="Show as table").click()
    rows = page.get_by_role("region", name="Timeline as a table").locator("tbody tr")
    rows.first.wait_for()
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    assert [row for row in cells if row[4] and row[4] in row[0]] == []
    assert any(row[4] == "chargers" for row in cells)
    assert violations(page) == []
    page.get_by_role("button", name="Keyboard and settings").click()
    page.get_by_label("Single keys work").uncheck()
    assert page.evaluate("threadplay.store.get().singleKeys") is False


def test_theme_is_remembered(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert visitor.open("/lab").evaluate("document.documentElement.dataset.theme") == "dark"


def test_states_differ_without_their_hue(visit: Any) -> None:
    """Every state drawn in the same two greys; each pair of pictures still differs in at least an eighth of what either paints."""
    page = visit().open("/lab")
    pictures = page.evaluate("""async () => {
        const js = document.querySelector('script[type=module]').src.replace('main.js', '');
        const modules = ['draw/patterns.js', 'draw/theme.js', 'draw/tiles.js'].map((each) => import(js + each));
        const [{ drawSpan }, { palette }, { forgetTiles }] = await Promise.all(modules);
        const p = { ...palette(), key: 'grey', mark: Array(12).fill('#666666'), soft: Array(12).fill('#dddddd'), panel: '#ffffff' };
        forgetTiles();
        return [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((state) => {
            const canvas = new OffscreenCanvas(60, 22), c = canvas.getContext('2d');
            c.fillStyle = '#ffffff';
            c.fillRect(0, 0, 60, 22);
            drawSpan(c, p, state, 0, 0, 60, 22, { dpr: 1 });
            return [...c.getImageData(0, 0, 60, 22).data].filter((_, at) => at % 4 === 0);
        });
    }""")
    alike = []
    for (one, left), (other, right) in combinations(enumerate(pictures, 1), 2):
        differing = sum(abs(a - b) > 20 for a, b in zip(left, right, strict=True))
        painted = max(sum(a < 250 for a in left), sum(b < 250 for b in right))
        if differing < painted / 8:
            alike.append((one, other, differing, painted))
    assert alike == []
