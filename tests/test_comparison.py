"""What may be said of a recorded and an unrecorded run of one program."""

from __future__ import annotations

from playground.comparison import compare
from playground.model.record import End


def an_end(outcome: str, *, error: str = "", limit: str = "", at_ns: int = 5_000_000) -> End:
    return End(outcome, 0, f"{outcome} it was.", limit, error, "", "", 0, 0, 0, 0, 0, 1, at_ns, 0.0, 0.0, 0.0, "A", "cpython 3.13.0")


def test_a_failure_seen_only_under_recording_is_not_called_real_with_the_gil() -> None:
    words = " ".join(compare(an_end("failed", error="AssertionError"), an_end("ok")))
    assert "not shown that the program can fail by itself" in words
    assert "real" not in words


def test_without_a_gil_it_can_happen_unrecorded_too() -> None:
    assert "can happen unrecorded too" in " ".join(compare(an_end("failed"), an_end("ok"), gil=False))


def test_a_failure_of_both_is_the_programs_own() -> None:
    assert "the program's own" in compare(an_end("failed", error="E"), an_end("failed", error="E"))[0]


def test_two_failures_of_different_kind_are_told_apart() -> None:
    assert "not alike" in compare(an_end("failed", error="KeyError"), an_end("failed", error="Empty"))[0]


def test_a_failure_of_the_bare_run_is_real() -> None:
    assert "The failure is real" in " ".join(compare(an_end("ok"), an_end("failed")))


def test_a_deadlock_does_not_depend_on_being_watched() -> None:
    assert "real all the same" in compare(an_end("deadlock"), an_end("ok"))[0]
    assert "time limit" in compare(an_end("deadlock"), an_end("limit", limit="wall_s"))[0]


def test_two_good_runs_are_no_proof() -> None:
    assert compare(an_end("ok"), an_end("ok"))[0].endswith("That is not a proof: another run may go another way.")
    assert compare(an_end("ok"), an_end("ok"))[1] == "Recorded it took 5.0 ms, unrecorded 5.0 ms."


def test_what_has_no_rule_is_put_side_by_side() -> None:
    assert compare(an_end("stopped"), an_end("ok"))[:2] == ("Recorded: stopped it was.", "Unrecorded: ok it was.")
