"""The bench's end of a contestant: start its interpreter, ask, read the answer, end it."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.bench.peers import BUILD, NotMeasured

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent


class Contestant:
    """A driver in its own process; `ask` may be called as often as wanted. An answer that does not come in time ends it."""

    def __init__(self, python: Path, driver: str, **environment: str) -> None:
        BUILD.mkdir(exist_ok=True)
        self._log = (BUILD / f"bench-{driver}.log").open("wb")
        self._process = subprocess.Popen([str(python), str(HERE / f"{driver}.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._log, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **environment})

    def ask(self, *, patience_s: float = 30.0, **request: Any) -> dict[str, Any]:
        """The answer; raises NotMeasured with the contestant's own reason, or when it is silent too long."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise NotMeasured(f"{self._log.name}: its process has ended") from error
        answer: dict[str, Any] = json.loads(self._line(time.monotonic() + patience_s) or '{"reason": "its process ended; see build/"}')
        if "reason" in answer:
            raise NotMeasured(str(answer["reason"]))
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for file in (self._process.stdin, self._process.stdout, self._log):
            if file is not None:
                file.close()

    def _line(self, deadline: float) -> bytes:
        stdout, read = self._process.stdout, bytearray()
        assert stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while not read.endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self._process.kill()
                    raise NotMeasured("it gave no answer in time")
                data = os.read(stdout.fileno(), 65_536)
                if not data:
                    break
                read += data
        return bytes(read)
