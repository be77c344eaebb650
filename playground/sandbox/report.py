"""What `doctor` says: the tier of this machine, each layer of the walls, and how to mend what is missing."""

from __future__ import annotations

from dataclasses import dataclass

TIER_WORDS = {
    "A": "namespaces: threads and processes, each run in a machine of its own",
    "C": "one process: threads only, no files to write, no processes",
    "D": "refused: no program can be run safely here",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the walls: whether it holds here, why (not), and how to mend it; `needed` names the tiers that cannot do without."""

    name: str
    held: bool
    reason: str
    mend: str
    needed: str

    def to_list(self) -> list[object]:
        """As plain JSON values, in the order of the fields."""
        return [self.name, self.held, self.reason, self.mend, self.needed]


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack of the probe: what was tried, whether the walls stopped it, and what the kernel answered."""

    name: str
    stopped: bool
    answer: str


@dataclass(frozen=True, slots=True)
class RuntimeReport:
    """One interpreter: its name, version and whether runs can use it (else why not)."""

    name: str
    version: str
    gil: bool
    usable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole examination. `reason` says in one sentence why it is this tier; `mends` what to do for a better one."""

    tier: str
    reason: str
    layers: tuple[Layer, ...]
    attacks: tuple[Attack, ...]
    runtimes: tuple[RuntimeReport, ...]
    mends: tuple[str, ...]

    @property
    def words(self) -> str:
        """The tier in words."""
        return TIER_WORDS[self.tier]
