"""The eight defects of sockets under gunicorn, each on a real socket against a real server."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import websocket

from tests.web.fake import program
from tests.web.served import Served, decode, serve

LOUD = program(batches=60, events=8_000)
"""About 18 MB of messages."""


def test_a_slow_reader_gets_whole_frames(served: Served) -> None:
    with served.raw(receive_buffer=4_096) as slow:
        slow.send(1, ('{"do":"run","spec":{"source":' + _quoted(LOUD) + "}}").encode())
        seen = last = 0
        while last != "end":
            opcode, payload = slow.frame()
            message = decode(payload if opcode == 2 else payload.decode())
            last = message["type"]
            seen += 1
        assert seen > 5


def test_pongs_are_not_spliced_into_frames(served: Served) -> None:
    with served.raw(receive_buffer=4_096) as rude:
        rude.send(1, ('{"do":"run","spec":{"source":' + _quoted(LOUD) + "}}").encode())
        pongs = sent = 0
        last = ""
        while last != "end":
            if sent < 60:
                rude.send(9, b"are you there?")
                sent += 1
            opcode, payload = rude.frame()
            if opcode == 10:
                assert payload == b"are you there?"
                pongs += 1
            else:
                last = decode(payload if opcode == 2 else payload.decode())["type"]
        while pongs < sent:
            opcode, _ = rude.frame()
            pongs += opcode == 10
        assert pongs == 60


def test_a_stalled_reader_is_cut_and_nobody_else_notices(served: Served) -> None:
    before = served.metric("threadplay_sockets_open")
    with served.raw(receive_buffer=4_096) as stalled:
        stalled.send(1, ('{"do":"run","spec":{"source":' + _quoted(LOUD) + "}}").encode())
        with served.live() as page:
            assert page.run(program(batches=3))[-1]["type"] == "end"
            began = time.monotonic()
            served.wait_until(lambda: served.metric("threadplay_sockets_open") <= before + 1, "the stalled socket is still held")
            assert time.monotonic() - began < 8


def test_a_page_that_does_not_close_does_not_stall_http(served: Served) -> None:
    with served.raw() as stubborn:
        stubborn.send(1, b"x" * 600_000)
        assert stubborn.close_code() == 1009
        slowest = 0.0
        for _ in range(30):
            began = time.monotonic()
            assert served.get("/healthz")[0] == 200
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 1.5, "an accept thread that lingers stalls everybody for 2 s"


def test_sigterm_tells_every_page_to_come_back_and_ends_quickly(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        pages = [server.live() for _ in range(20)]
        silent = server.raw()
        pages[0].say(do="run", spec={"source": program(hang=True)})
        pages[0].hear_until("text")
        began = time.monotonic()
        server.process.terminate()
        assert {page.close_code() for page in pages} == {1012}
        assert silent.close_code() == 1012
        assert server.process.wait(10) == 0
        assert time.monotonic() - began < 7.5, "it did not wait out the graceful timeout of 8 s"
        for page in pages:
            page.ws.shutdown()
        silent.sock.close()


def test_ctrl_c_ends_quickly_with_pages_open_and_a_program_running(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        pages = [server.live() for _ in range(5)]
        pages[0].say(do="run", spec={"source": program(hang=True)})
        pages[0].hear_until("text")
        worker = _worker(server.process)
        began = time.monotonic()
        os.kill(worker, signal.SIGINT)
        server.process.send_signal(signal.SIGINT)
        assert {page.close_code() for page in pages} == {1012}
        server.process.wait(10)
        assert time.monotonic() - began < 4
        for page in pages:
            page.ws.shutdown()


def test_a_pool_full_of_sockets_leaves_http_an_answer(tmp_path: Path) -> None:
    with serve(tmp_path, threads=40) as server:
        pages = [server.live() for _ in range(8)]
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            server.live()
        assert refused.value.status_code == 503
        assert server.get("/healthz")[0] == 200
        assert server.metric("threadplay_sockets_refused_total") == 1
        pages.pop().ws.close()
        server.wait_until(lambda: server.metric("threadplay_sockets_open") == 7, "the closed page still counts")
        pages.append(server.live())
        for page in pages:
            page.ws.close()


def test_an_oversized_message_is_closed_with_1009(served: Served) -> None:
    with served.raw() as rude:
        rude.send(1, b"[" * 600_000)
        assert rude.close_code() == 1009


def test_a_frame_that_claims_to_be_huge_is_closed_with_1009_before_it_is_all_there(served: Served) -> None:
    with served.raw() as rude:
        rude.send(1, b"x" * 530_000, length=2**40)
        assert rude.close_code() == 1009


def test_endless_fragments_are_closed_with_1009(served: Served) -> None:
    with served.raw() as rude:
        rude.send(1, b"x" * 60_000, fin=False)
        for _ in range(9):
            rude.send(0, b"x" * 60_000, fin=False)
        assert rude.close_code() == 1009


def test_a_64_kib_source_passes_even_when_all_of_it_is_escaped(served: Served) -> None:
    source = "\u0001" * 65_000
    with served.live() as page:
        page.say(do="run", spec={"source": source})
        assert page.hear_until("end")[-1]["outcome"] == "ok"


def test_compression_is_not_agreed_to(served: Served) -> None:
    with served.raw(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits") as page:
        assert page.status == 101
        assert "extensions" not in page.head.lower()
        page.sock.sendall(b"\xc1\x85\x00\x00\x00\x00hello")
        assert page.close_code() == 1002


def test_a_ping_flood_is_closed_with_1008(served: Served) -> None:
    with served.raw() as rude:
        with contextlib.suppress(OSError):
            for _ in range(400):
                rude.sock.sendall(b"\x89\x80\0\0\0\0" * 50)
        with contextlib.suppress(ConnectionResetError):  # the flood went on after the close: a reset is as good
            assert rude.close_code() == 1008
    assert served.get("/healthz")[0] == 200


def test_a_page_that_does_not_answer_pings_is_closed_and_one_that_does_stays(tmp_path: Path) -> None:
    with serve(tmp_path, ping_s=1.2) as server, server.raw() as dead, server.raw() as alive:
        for _ in range(3):
            opcode, payload = alive.frame()
            while opcode != 9:
                opcode, payload = alive.frame()
            alive.send(10, payload)
        assert dead.close_code() == 1008
        server.wait_until(lambda: server.metric("threadplay_sockets_open") == 1, "the dead page is still held")


def test_a_message_flood_is_closed_with_1008(served: Served) -> None:
    with served.raw() as rude:
        for _ in range(300):
            rude.send(1, b'{"do":"ping"}')
        assert rude.close_code() == 1008


def test_idle_sockets_cost_two_threads_each_and_http_goes_on(tmp_path: Path) -> None:
    with serve(tmp_path, threads=332) as server:
        worker = _worker(server.process)
        before = _figures(worker)
        raws = [server.raw() for _ in range(200)]
        after = _figures(worker)
        assert after["Threads"] - before["Threads"] <= 400 + 8
        assert (after["VmRSS"] - before["VmRSS"]) / 200 < 200, "KiB for each idle socket"
        began = time.monotonic()
        assert server.get("/healthz")[0] == 200
        assert time.monotonic() - began < 1
        for raw in raws:
            raw.sock.close()


def test_a_handshake_that_is_none_gets_400(served: Served) -> None:
    for wrong in ({"Sec_WebSocket_Key": "short"}, {"Sec_WebSocket_Version": "8"}):
        with served.raw(**wrong) as page:
            assert page.status == 400
    assert served.get("/live")[0] == 400


def _quoted(source: str) -> str:
    return json.dumps(source)


def _worker(process: subprocess.Popen[bytes]) -> int:
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


def _figures(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if name in ("Threads", "VmRSS")}


