"""Where in a batch something happened that conclusions rest on: lines, nearly all events of most programs, are skipped by one search in C.

Every detector of a run gets the same batch, one after the other: the search is done once and its result kept for the next.
"""

from __future__ import annotations

import re
from functools import lru_cache

from playground.model.event import KIND_ID, KINDS

_QUIET = frozenset(KIND_ID[name] for name in ("none", "line", "line.seen", "output", "gil.taken", "gil.dropped", "thread.renamed"))
_SPEAKS = re.compile(b"[" + re.escape(bytes(number for number in range(len(KINDS)) if number not in _QUIET)) + b"]")


@lru_cache(maxsize=4)
def speaking(kinds: bytes) -> tuple[int, ...]:
    """The places of the events that are no lines and no output, in this column of kinds."""
    return tuple(match.start() for match in _SPEAKS.finditer(kinds))
