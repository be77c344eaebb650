"""Who may let go of a Lock: by CPython's rules anybody, by a program's text often nobody but its holder.

Where no word of the text can release a lock outside of the `with` that took it, a circle of threads that wait for each other's locks stands for ever,
whoever else runs.
"""

from __future__ import annotations

import re

_BY_OTHERS = re.compile(
    r"\b(release|release_lock|_at_fork_reinit|_release_save|__exit__|ExitStack|AsyncExitStack|Condition|"  # the operations, and who may do them
    r"getattr|attrgetter|methodcaller|vars|__dict__|__getattribute__|exec|eval|compile|ctypes|"  # ways to name them otherwise
    r"yield|await|contextmanager)\b")  # a `with` that another thread may leave


def only_holders_release(source: str) -> bool:
    """True if the text has no means to let go of a lock that another thread holds; a comment that names one makes it False too."""
    return _BY_OTHERS.search(source) is None
