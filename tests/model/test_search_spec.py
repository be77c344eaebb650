"""A search's description from outside: strict, and wrong parts are named."""

from __future__ import annotations

from typing import Any

import pytest

from playground.model.errors import BadSpec
from playground.model.search_spec import STRATEGIES, SearchSpec


def test_a_search_is_a_run_with_a_strategy_and_two_budgets() -> None:
    own = {"strategy": "pct", "max_executions": 7, "max_seconds": 2, "all_classes": True}
    search = SearchSpec.from_json({"source": "pass", "granularity": "line", **own})
    assert (search.run.mode, search.run.granularity) == ("controlled", "line")
    assert (search.strategy, search.max_executions, search.max_seconds, search.all_classes) == ("pct", 7, 2.0, True)
    assert SearchSpec.from_json({"source": "pass"}).strategy == STRATEGIES[0]


@pytest.mark.parametrize(("part", "words"), [
    ({"strategy": "magic"}, "Unknown strategy"), ({"strategy": 7}, "'strategy'"), ({"max_executions": 0}, "executions"),
    ({"max_executions": 1.5}, "int"), ({"max_executions": True}, "int"), ({"max_executions": 10**4_000}, "executions"),
    ({"max_seconds": 0}, "seconds"), ({"max_seconds": -1.0}, "seconds"), ({"max_seconds": 10**400}, "seconds"),
    ({"max_seconds": float("nan")}, "seconds"), ({"max_seconds": "9"}, "float"), ({"all_classes": 1}, "bool"),
    ({"mode": "free"}, "controlled mode"), ({"schedule": "tp1;access;3.13;000000000000;0"}, "its own schedules"), ({"colour": 1}, "'colour'"),
    ({"granularity": "atom"}, "granularity"),
])
def test_a_wrong_part_is_named_in_a_short_sentence(part: dict[str, Any], words: str) -> None:
    with pytest.raises(BadSpec, match=words) as caught:
        SearchSpec.from_json({"source": "pass", **part})
    assert len(str(caught.value)) < 300
