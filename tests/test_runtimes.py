"""The interpreters of this host are found by asking them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from playground import runtimes
from playground.runtimes import Broken, Runtime, ask, find_runtimes


def test_own_interpreter_comes_first() -> None:
    first = find_runtimes()[0]
    assert first.version == ".".join(map(str, sys.version_info[:3]))
    assert first.name.startswith(f"{sys.version_info[0]}.{sys.version_info[1]}")
    assert find_runtimes() is find_runtimes()


@pytest.mark.parametrize(("script", "reason"), [("exit 1", "does not start"), ("echo nonsense", "does not start"), ("sleep 60", "did not answer"),
                                                ("echo '[\"pypy\", [3, 13, 0], false, \"x\"]'", "pypy"),
                                                ("echo '[\"cpython\", [3, 9, 0], false, \"x\"]'", "3.13 or newer")])
def test_broken_interpreter_is_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str) -> None:
    monkeypatch.setattr(runtimes, "ASK_S", 1.0)
    path = tmp_path / "python3.13"
    path.write_text(f"#!/bin/sh\nexec {script}\n" if script.startswith("sleep") else f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    answer = ask(str(path))
    assert isinstance(answer, Broken)
    assert reason in answer.reason


def test_free_threaded_build_has_a_name_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "python3.14t"
    path.write_text(f"#!/bin/sh\necho '[\"cpython\", [3, 14, 0], true, \"{path}\"]'\n")
    path.chmod(0o755)
    assert ask(str(path)) == Runtime("3.14t", str(path), "3.14.0", False)


def test_missing_file_is_broken() -> None:
    assert isinstance(ask("/nowhere/python3.13"), Broken)
