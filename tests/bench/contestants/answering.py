"""The contestant's end: read requests, answer them, and give the reason instead of dying of one. Programs' prints do not reach the answers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any


def serve(verbs: dict[str, Callable[[dict[str, Any]], dict[str, Any]]]) -> None:
    """Answer until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = verbs[request.pop("do")](**request)
        except Exception as error:  # noqa: BLE001  a contestant that fails has no figure, and the section says why
            answer = {"reason": f"{type(error).__name__}: {error}"[:200]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
