"""The walls of one run as plain data, made from its Limits."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from playground.model.spec import Limits

WALLS = frozenset({
    "user_namespace", "pid_namespace", "mount_namespace", "ipc_namespace", "tmpfs", "landlock", "seccomp", "rlimits", "nproc", "address_space",
    "watchdog", "capabilities", "wall_deadline", "cpu_limit",
})
"""Every wall that a test can leave out, to show that an attack succeeds without it."""
TREE_FILES, HELD_FILES = 1_024, 2_048
"""What a whole run may have open, and what its blocked calls may hold. What lies in pipes and sockets is charged to nobody: files are counted."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a run may use. `open_files` is the most of one process; `stack_kb` is the stack of each thread but the first.

    `sample` asks the supervisor for the samples channel. `without` names walls left out: for controls in tests, never from a spec.
    """

    wall_s: float = 10.0
    cpu_s: float = 10.0
    memory_mb: int = 512
    threads: int = 256
    processes: int = 1
    disk_mb: int = 16
    inodes: int = 2_000
    open_files: int = 256
    stack_kb: int = 1_024
    sample: bool = True
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.without) - WALLS
        if unknown:
            raise ValueError(f"no such wall: {', '.join(sorted(unknown))}")

    @classmethod
    def for_limits(cls, limits: Limits) -> Policy:
        """The walls that hold a run to these limits."""
        return cls(wall_s=limits.wall_s, cpu_s=limits.cpu_s, memory_mb=limits.memory_mb, threads=limits.threads, processes=limits.processes,
                   disk_mb=limits.disk_mb, inodes=limits.inodes)

    @property
    def files_each(self) -> int:
        """The open files of one process, so that those of all together stay below TREE_FILES."""
        return min(self.open_files, TREE_FILES // self.processes)

    @property
    def files_a_wait(self) -> int:
        """The files that one poll or select may wait for: it holds them even when they are closed meanwhile, as many times as there are threads.

        select counts by the highest number, so a handful of pipes must have room; multiprocessing waits for every worker at once.
        """
        least = 16 if self.processes == 1 else self.processes + 4
        return max(HELD_FILES // (self.threads + self.processes), least)

    def has(self, wall: str) -> bool:
        """Whether this wall stands."""
        return wall not in self.without

    def to_json(self) -> str:
        """The policy as one line, for the zygote."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Policy:
        """The policy of a line that `to_json` wrote."""
        raw = json.loads(text)
        raw["without"] = tuple(raw["without"])
        return cls(**raw)
