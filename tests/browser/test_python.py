"""Which CPython runs the program is said, and chosen where there are several, at both widths."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_python_that_runs_the_program_is_in_sight(phone: bool, visit: Any) -> None:
    page = visit(phone=phone).open("/lab/lost-update")
    if phone:
        page.locator("#tab-code").click()
    shown = page.locator("[data-panel=python]:visible")
    assert shown.count() == 1
    assert "CPython 3." in shown.inner_text()
