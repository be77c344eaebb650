"""The network goes away five times during a run; afterwards the page has the very trace that the server exports."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.browser.lab import exported, run_id, until, wait_for_end, write

PROGRAM = """
import threading, time
lock = threading.Lock()
def work():
    for _ in range(400):
        with lock:
            time.sleep(0.0005)
        time.sleep(0.008)
team = [threading.Thread(target=work) for _ in range(4)]
for each in team: each.start()
for each in team: each.join()
"""
STATES = {None: 0, "new": 1, "ready": 2, "running": 3, "waiting_gil": 4, "blocked": 5, "sleeping": 6, "io": 7, "done": 8, "crashed": 9, "killed": 10}
DROPS = 5
REMEMBER_SOCKETS = """
globalThis.sockets = [];
globalThis.WebSocket = class extends WebSocket { constructor(...rest) { super(...rest); sockets.push(this); } };
"""
DIGEST = """async () => {
    const module = document.querySelector('script[type=module]').src.replace('main.js', 'core/digest.js');
    return (await import(module)).digestOf(threadplay.store.get().trace);
}"""


def digest(records: list[dict[str, Any]]) -> str:
    """What static/js/core/digest.js documents, over the JSONL export."""
    value = 0xCBF29CE484222325
    for record in records:
        if record["type"] != "event":
            continue
        cause = "" if record["cause"] is None else record["cause"]
        fields = record["seq"], record["at_ns"], record["kind"], record["thread"], STATES[record["to"]], record["obj"], record["line"], cause
        for byte in ("|".join(map(str, fields)) + "\n").encode():
            value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def test_no_event_is_lost_or_doubled_over_five_lost_connections(visit: Any) -> None:
    visitor = visit()
    visitor.context.add_init_script(REMEMBER_SOCKETS)
    page = visitor.open("/lab")
    write(page, PROGRAM)
    page.locator(".title .btn.run").click()
    until(page, "() => threadplay.store.get().run === 'live'")
    dice = random.Random(5)
    for _ in range(DROPS):
        events = page.evaluate("threadplay.store.get().trace.count")
        until(page, "(least) => threadplay.store.get().trace.count > least", arg=events + dice.randrange(5, 250))
        opened = page.evaluate("(sockets.at(-1).close(), sockets.length)")
        until(page, "(before) => sockets.length > before && threadplay.net.status === 'open'", arg=opened)
    wait_for_end(page)
    mine = page.evaluate(DIGEST)
    records = exported(page)
    assert page.evaluate("sockets.length") > DROPS
    assert page.evaluate("threadplay.store.get().trace.count") == sum(record["type"] == "event" for record in records)
    assert mine == digest(records)
    assert json.dumps(page.evaluate("threadplay.store.get().trace.outputs.map((each) => each.text)")) == json.dumps(
        [record["text"] for record in records if record["type"] == "output"])


def test_lost_connection_is_said_and_healed(visit: Any) -> None:
    visitor = visit()
    sockets: list[Any] = []
    down: list[bool] = []

    def route(socket: Any) -> None:
        sockets.append(socket)
        if down:
            socket.close()
        else:
            socket.connect_to_server()

    visitor.context.route_web_socket("**/live", route)
    page = visitor.open("/lab")
    write(page, PROGRAM)
    page.locator(".title .btn.run").click()
    until(page, "() => threadplay.store.get().run === 'live'")
    down.append(True)
    sockets[-1].close()
    page.locator(".title .status", has_text="Connection lost").wait_for()
    down.clear()
    wait_for_end(page)
    assert page.evaluate("threadplay.store.get().trace.ended.outcome") == "ok"


def test_a_silent_link_is_told_as_lost_and_nothing_is_drawn_beyond_what_came(visit: Any) -> None:
    visitor = visit()
    deaf: list[bool] = []

    def route(socket: Any) -> None:
        if deaf:
            return
        server = socket.connect_to_server()
        socket.on_message(lambda message: None if deaf else server.send(message))
        server.on_message(lambda message: None if deaf else socket.send(message))

    visitor.context.route_web_socket("**/live", route)
    page = visitor.open("/lab")
    write(page, "import threading\nthreading.Event().wait(20)\n")
    page.locator(".title .btn.run").click()
    until(page, "() => threadplay.store.get().run === 'live'")
    deaf.append(True)
    page.locator(".title .status", has_text="Connection lost").wait_for()
    page.locator(".title .btn.run").wait_for()


def test_a_page_that_is_loaded_again_goes_on_with_its_run(visit: Any) -> None:
    page = visit().open("/lab")
    write(page, "import time\nfor _ in range(25): time.sleep(0.1)\nprint('over')\n")
    page.locator(".title .btn.run").click()
    until(page, "() => history.state?.threadplay?.run")
    mine = run_id(page)
    page.reload()
    until(page, "() => globalThis.threadplay && document.documentElement.dataset.ready !== undefined")
    wait_for_end(page)
    assert run_id(page) == mine
    assert page.evaluate("threadplay.store.get().trace.outputs.map((each) => each.text)") == ["over\n"]
    page.evaluate("history.replaceState({ threadplay: { ...history.state.threadplay, run: 'nosuchrun' } }, '')")
    page.reload()
    until(page, "() => globalThis.threadplay && document.documentElement.dataset.ready !== undefined && threadplay.net.status === 'open'")
    until(page, "() => threadplay.store.get().run === 'idle'")
    assert page.evaluate("threadplay.store.get().error") is None
