"""One object tells the browser every word, made from the tables."""

from __future__ import annotations

import json

from playground.model.event import KINDS, ThreadState
from playground.model.primitive import PRIMITIVES
from playground.model.schedule import GRANULARITIES
from playground.model.search_spec import STRATEGIES
from playground.vocabulary import vocabulary


def test_it_is_plain_json_and_complete() -> None:
    words = json.loads(json.dumps(vocabulary()))
    assert [row["id"] for row in words["states"]] == [int(state) for state in ThreadState]
    assert [row["name"] for row in words["kinds"]] == [kind.name for kind in KINDS]
    assert [row["name"] for row in words["primitives"]] == [primitive.name for primitive in PRIMITIVES]
    assert [row["id"] for row in words["granularities"]] == list(GRANULARITIES)
    assert [row["id"] for row in words["strategies"]] == list(STRATEGIES)
    assert all(row["word"] and row["sentence"] for name in ("granularities", "strategies", "search_phases") for row in words[name])
    assert words["limits"].keys() == words["ceiling"].keys()


def test_it_tells_no_path_of_this_host() -> None:
    assert "executable" not in json.dumps(vocabulary())
    assert '"/' not in json.dumps(vocabulary()["runtimes"])
