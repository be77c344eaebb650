"""A spec from outside is possible as a whole, or refused with a sentence."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.model.errors import BadSpec
from playground.model.spec import MAX_SOURCE_BYTES, Limits, RunSpec


def spec(**parts: object) -> RunSpec:
    return RunSpec.from_json(json.dumps({"source": "pass", **parts}))


def test_json_round_trip_is_the_same_spec() -> None:
    one = RunSpec("print(1)", "one.py", seed=7, limits=Limits(wall_s=2.5))
    assert RunSpec.from_json(one.to_json()) == one


def test_defaults_are_the_documented_limits() -> None:
    limits = spec().limits
    assert (limits.wall_s, limits.cpu_s, limits.memory_mb, limits.threads, limits.processes) == (10.0, 10.0, 512, 256, 1)
    assert (limits.events, limits.output_kb, limits.disk_mb, limits.inodes) == (2_000_000, 256, 16, 2_000)


BAD = {
    "nul": ({"source": "a\n\x00"}, "line 2"),
    "lone_surrogate": ({"source": "\n\ud800"}, "line 2"),
    "too_large": ({"source": "#" * (MAX_SOURCE_BYTES + 1)}, "65,536"),
    "unknown_mode": ({"mode": "warp"}, "warp"),
    "unknown_part": ({"sauce": 1}, "sauce"),
    "wrong_type": ({"source": 3}, "source"),
    "bool_as_number": ({"seed": True}, "seed"),
    "negative_seed": ({"seed": -1}, "seed"),
    "limits_not_object": ({"limits": 3}, "limits"),
    "unknown_limit": ({"limits": {"gold": 1}}, "gold"),
    "limit_zero": ({"limits": {"wall_s": 0}}, "wall_s"),
    "limit_above_ceiling": ({"limits": {"memory_mb": 10**9}}, "memory_mb"),
    "limit_infinite": ({"limits": {"threads": float("inf")}}, "threads"),
    "limit_text": ({"limits": {"threads": "9"}}, "threads"),
    "name_with_newline": ({"name": "a\nb"}, "name"),
}


@pytest.mark.parametrize("case", BAD)
def test_impossible_specs_are_refused_with_a_sentence(case: str) -> None:
    parts, word = BAD[case]
    with pytest.raises(BadSpec, match=word):
        spec(**parts)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, '{"source": NaN}'])
def test_garbage_is_refused(text: str) -> None:
    with pytest.raises(BadSpec):
        RunSpec.from_json(text)


@given(st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_object_is_a_spec_or_a_bad_spec(raw: dict[str, object]) -> None:
    try:
        RunSpec.from_json(raw)
    except BadSpec:
        return
