"""What the attacks are written with: open a cell, read it to its end, look at processes, run the control without walls."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playground.sandbox import Cell, Exit, Policy, Zygote

BARE = "tests.sandbox.bare_inside"
PATIENCE_S = 30.0


@dataclass
class Outcome:
    """What a run left: its channels and its end."""

    exit: Exit
    channels: dict[str, bytes] = field(default_factory=dict)

    @property
    def out(self) -> str:
        return self.channels.get("stdout", b"").decode(errors="replace")

    @property
    def err(self) -> str:
        return self.channels.get("stderr", b"").decode(errors="replace")


def open_cell(zygote: Zygote, source: str, policy: Policy | None = None) -> Cell:
    """A cell that runs this source."""
    return zygote.open_cell(policy or Policy(), json.dumps({"source": source}).encode())


def finish(cell: Cell) -> Outcome:
    """Read a cell to its end."""
    channels: dict[str, bytes] = {}
    deadline = time.monotonic() + PATIENCE_S
    while not cell.over:
        assert time.monotonic() < deadline, "the run did not end"
        for name, data in cell.chunks(1.0):
            channels[name] = channels.get(name, b"") + data
    outcome = Outcome(cell.exit(), channels)
    cell.close()
    return outcome


def read_until(cell: Cell, word: bytes, channel: str = "stdout") -> bytes:
    """Wait until the run has written this word."""
    seen = b""
    deadline = time.monotonic() + PATIENCE_S
    while word not in seen:
        assert time.monotonic() < deadline, seen
        assert not cell.over, (seen, cell.exit())
        seen += b"".join(data for name, data in cell.chunks(1.0) if name == channel)
    return seen


def plain(source: str, *, cwd: Path | None = None, timeout_s: float = PATIENCE_S) -> subprocess.CompletedProcess[str]:
    """The control: the same source in a plain interpreter, no walls."""
    return subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True, timeout=timeout_s, check=False, cwd=cwd)


def alive(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    """Every living process beneath this one."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        try:
            tasks = list(Path(f"/proc/{waiting.pop()}/task").iterdir())
            children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue
        found += children
        waiting += children
    return found


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Poll a fact of the kernel's that nobody announces; the pause is select's, the deadline the caller's."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        select.select([], [], [], 0.005)
    return True
