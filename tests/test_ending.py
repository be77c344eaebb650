"""How a run ended: only what the supervisor saw moves a limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground.ending import Account, end_of
from playground.model.record import Close
from playground.model.spec import Limits
from playground.sandbox.cell import Exit

LEFT = Exit("ended", 1, 0, 0.1, 20.0, "")
CLOSE = Close("exception", "MemoryError", "", "", 1, 0, 0)
ACCOUNT = Account(CLOSE, "", 1, "main crashed at line 1 with MemoryError.", 5, 0, 0, 1, 2, 4_000_000, {})
NO_THREAD = replace(CLOSE, error="RuntimeError", message="can't start new thread")


def ended(account: Account, left: Exit = LEFT) -> tuple[str, int, str]:
    end = end_of(account, None, left, Limits(), "A", "")
    return end.outcome, end.exit_code, end.limit


@pytest.mark.parametrize(("used_mb", "expected"), [(19.6, ("failed", 1, "")), (120.0, ("failed", 1, "")), (290.0, ("limit", 3, "memory_mb")),
                                                   (511.0, ("limit", 3, "memory_mb"))])
def test_a_memory_error_is_the_limit_only_if_the_memory_was_used(used_mb: float, expected: tuple[str, int, str]) -> None:
    assert ended(ACCOUNT, replace(LEFT, max_memory_mb=used_mb)) == expected


@pytest.mark.parametrize(("told", "seen", "expected"), [(1, 2, ("failed", 1, "")), (300, 3, ("failed", 1, "")), (3, 100, ("failed", 1, "")),
                                                        (255, 60, ("limit", 3, "threads")), (2, 256, ("limit", 3, "threads"))])
def test_no_new_thread_is_the_limit_only_if_there_were_so_many(told: int, seen: int, expected: tuple[str, int, str]) -> None:
    assert ended(replace(ACCOUNT, close=NO_THREAD, threads=told, most_threads=seen)) == expected


def test_an_end_without_a_word_blames_no_os_exit_alone() -> None:
    sentence = end_of(replace(ACCOUNT, close=None, crashes=0), None, LEFT, Limits(), "A", "").sentence
    assert sentence == ("The program left by os._exit(1), closed the recorder's pipe or broke the recorder, after 4.0 ms; its last moments were not "
                        "recorded.")


def test_where_no_time_is_known_none_is_said() -> None:
    account, crashed = replace(ACCOUNT, close=None, at_ns=0), replace(LEFT, signal=11, status=0)
    assert end_of(account, None, crashed, Limits(), "A", "").sentence == "The program crashed (signal 11): segmentation fault."
    assert "after" not in end_of(account, None, LEFT, Limits(), "A", "").sentence
