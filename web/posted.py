"""What is posted: JSON objects only, small, and not too often from one address."""

from __future__ import annotations

import threading
import time
from typing import Any

from flask import abort, request

from playground import BadSpec
from web.strict_json import BadJson, read_object

MOST_ADDRESSES = 10_000


def posted_object(*parts: str) -> dict[str, Any]:
    """The posted JSON object; with `parts`, it must have exactly those."""
    if request.mimetype != "application/json":
        abort(415)
    try:
        raw = read_object(request.get_data(cache=False))
    except BadJson as problem:
        raise BadSpec(str(problem)) from None
    if parts and set(raw) != set(parts):
        raise BadSpec(f"The object must have the parts {', '.join(parts)}.")
    return raw


class Ration:
    """A token bucket for each address: `at_once` in one go, `a_minute` in the long run."""

    def __init__(self, a_minute: float, at_once: int) -> None:
        self._a_second, self._most = a_minute / 60, at_once
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, address: str) -> bool:
        """Whether this address may do it once more now."""
        now = time.monotonic()
        with self._lock:
            if len(self._left) > MOST_ADDRESSES:
                self._left = {each: kept for each, kept in self._left.items() if now - kept[1] < 60}
            tokens, since = self._left.get(address, (float(self._most), now))
            tokens = min(self._most, tokens + (now - since) * self._a_second)
            self._left[address] = (tokens - 1 if tokens >= 1 else tokens, now)
            return tokens >= 1
