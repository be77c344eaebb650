"""What the methods of the built-in containers do to them: the one table that tells reading from changing."""

from __future__ import annotations

import array
from collections import Counter, OrderedDict, defaultdict, deque

MUTABLE = (list, dict, set, deque, bytearray, array.array)
"""Containers whose content threads can share; subclasses count too."""
EXACT = frozenset({list, dict, set, deque, bytearray, array.array, defaultdict, OrderedDict, Counter})
SCALARS = frozenset({int, str, float, bool, bytes, complex, type(None), range, type(Ellipsis), frozenset, type(NotImplemented)})
"""Values that nobody can change."""
READERS = frozenset({"get", "keys", "values", "items", "index", "count", "copy", "union", "intersection", "difference", "symmetric_difference",
                     "issubset",
                     "issuperset", "isdisjoint", "most_common", "elements", "total", "find", "decode", "hex", "startswith", "endswith", "tolist",
                     "tobytes", "__len__", "__contains__", "__getitem__", "__iter__"})
WRITERS = frozenset({"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "popleft", "appendleft", "extendleft", "rotate",
                     "add",
                     "discard", "update", "setdefault", "popitem", "move_to_end", "subtract", "difference_update", "intersection_update",
                     "symmetric_difference_update", "__setitem__", "__delitem__", "frombytes", "fromlist"})
KEYS = (int, str, float, bool, bytes, type(None))
"""Types of keys that name one item for good."""


def is_container(value: object) -> bool:
    """True for something whose content can change under another thread's hands."""
    return isinstance(value, MUTABLE)
