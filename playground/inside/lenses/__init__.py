"""The lenses: one file for each family of primitives, the only place where its events are made."""

from __future__ import annotations

from importlib import import_module

from playground.inside import crashes
from playground.inside.kit import FreeKit, Kit, Lens

NAMES = ("thread", "lock", "condition", "semaphore", "event", "barrier", "timer", "queue", "pool", "sleep")
"""Every lens there is, in the order in which they are put in place."""


def load() -> tuple[Lens, ...]:
    """All lenses; two that bear one name or look at one class are an error."""
    found: list[Lens] = []
    for name in NAMES:
        lens: Lens = import_module(f"{__name__}.{name}").LENS
        for other in found:
            if other.name == lens.name or set(other.looks_at) & set(lens.looks_at):
                raise ValueError(f"two lenses are called {lens.name!r} or look at {lens.looks_at}")
        found.append(lens)
    return tuple(found)


ALL = load()


def install(kit: FreeKit, *, record: bool) -> None:
    """Put the lenses in place; unrecorded runs only learn of threads that crash."""
    crashes.install(kit)
    for lens in ALL if record else ():
        lens.install(kit)


def observe(kit: Kit) -> None:
    """Put in place what of them serves controlled mode: there the model tells of locks, threads and sleeping itself."""
    for lens in ALL:
        if lens.observe is not None:
            lens.observe(kit)
