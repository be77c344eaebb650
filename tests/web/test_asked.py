"""What a page may ask for before any wall is put up."""

from __future__ import annotations

import pytest

from web.config import Config
from web.messages import BadMessage, read_search, read_spec


@pytest.mark.parametrize(("limit", "most"), [("processes", 1), ("threads", 1_000)])
def test_page_cannot_ask_for_more_than_lessons_need(limit: str, most: int) -> None:
    spec = {"source": "pass", "limits": {limit: most}}
    assert getattr(read_spec(spec, Config()).limits, limit) == most
    more = {"source": "pass", "limits": {limit: most + 1}}
    with pytest.raises(BadMessage, match=limit):
        read_spec(more, Config())
    with pytest.raises(BadMessage, match=limit):
        read_search(more, Config())
