"""A page that is too slow gets summaries, never a broken stream; what it fetches afterwards is the whole log."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.web.fake import program
from tests.web.served import RawSocket, Served, decode, serve

FLOOD = program(batches=400, events=1_500, pause_s=0.005)
"""600 000 events, 22 MB, over at least 2 s."""


def hear(raw: RawSocket) -> tuple[dict[str, Any], bytes]:
    """The next message that is no pong, and its bytes."""
    while True:
        opcode, payload = raw.frame()
        if opcode in (1, 2):
            return decode(payload if opcode == 2 else payload.decode()), payload


def digest(log: dict[int, bytes]) -> str:
    """Of all messages in order."""
    assert sorted(log) == list(range(len(log)))
    return hashlib.sha256(b"".join(log[n] for n in sorted(log))).hexdigest()


def whole_log(served: Served, run: str) -> dict[int, bytes]:
    """The log as a quick page gets it."""
    log = {}
    with served.raw() as quick:
        quick.send(1, json.dumps({"do": "resume", "run": run, "from": 0}).encode())
        while True:
            message, raw = hear(quick)
            if "n" in message:
                log[message["n"]] = raw
            if message["type"] == "end":
                return log


def test_a_slow_page_gets_summaries_and_after_fetching_has_the_whole_log(tmp_path: Path) -> None:
    log: dict[int, bytes] = {}
    holes: list[tuple[int, int]] = []
    with serve(tmp_path, stall_s=30) as served, served.raw(receive_buffer=16_384) as slow:
        slow.send(1, json.dumps({"do": "run", "spec": {"source": FLOOD}}).encode())
        run, ended = "", False
        pause = _Pause()
        while not ended:
            message, raw = hear(slow)
            run = message.get("run", run)
            if message["type"] == "summary":
                assert message["from"] < message["to"]
                assert {len(row) for row in message["threads"]} == {4}
                holes.append((message["from"], message["to"]))
            elif "n" in message:
                assert message["n"] not in log
                log[message["n"]] = raw
            ended = message["type"] == "end"
            pause.a_moment()
        assert holes, "600 000 events were taken in by a page that reads 1 MB/s"
        wanted = len(whole_log(served, run))
        missing = [n for n in range(wanted) if n not in log]
        slow.send(1, json.dumps({"do": "fetch", "run": run, "from": missing[0], "to": missing[-1] + 1}).encode())
        while len(log) < wanted:
            message, raw = hear(slow)
            if "n" in message:
                assert log.setdefault(message["n"], raw) == raw
        assert digest(log) == digest(whole_log(served, run))


def test_the_summary_says_where_every_thread_stands(served: Served) -> None:
    from tests.web.fake import THREADS, batch
    from web.summary import Standing

    standing = Standing()
    for first in range(0, 3_000, 100):
        standing.see(batch(first, 100))
    expected: dict[int, list[int]] = {}
    for first in range(0, 3_000, 100):
        part = batch(first, 100)
        for thread, to, line, obj in zip(part.thread, part.to, part.line, part.obj, strict=True):
            row = expected.setdefault(thread, [thread, 0, 0, 0])
            row[2] = line or row[2]
            if to:
                row[1], row[3] = to, obj if to == 5 else 0
    assert standing.threads() == [expected[thread] for thread in range(THREADS)]
    assert standing.at_ns == 2_999_000


class _Pause:
    """Reads about a megabyte a second: a wait on a socket nobody writes to."""

    def __init__(self) -> None:
        import socket

        self._pair = socket.socketpair()
        self._pair[0].settimeout(0.03)

    def a_moment(self) -> None:
        try:
            self._pair[0].recv(1)
        except TimeoutError:
            return

    def __del__(self) -> None:
        for end in self._pair:
            end.close()
