"""The details of a selected span, docked under the lanes: all of it can be read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.lab import wait_for_end


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_what_is_said_of_a_selected_span_lies_within_its_card(phone: bool, visit: Any) -> None:
    page = visit(phone=phone).open("/lab/bakery-shelf")
    page.keyboard.press("Control+Enter")
    wait_for_end(page)
    page.evaluate("""() => {
        const { trace } = threadplay.store.get(), spans = trace.spans(1);
        let span = 0;
        for (let i = 0; i < spans.count; i++) if (spans.state[i] === 5) span = i;
        threadplay.store.set({ selection: { thread: 1, seq: spans.seq[span] }, playhead: spans.start[span] });
    }""")
    page.locator(".tl-detail").wait_for()
    cut = page.evaluate("""() => [...document.querySelectorAll('.tl-fact > :last-child')].filter((each) => each.scrollWidth > each.clientWidth + 1
        || each.scrollHeight > each.clientHeight + 1 || each.getBoundingClientRect().right > each.closest('.tl-detail').getBoundingClientRect().right)
        .map((each) => each.textContent)""")
    assert cut == []
