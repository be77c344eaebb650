"""Deadlocks that close while locks and queues are too hot to be recorded are told all the same, with who holds what."""

from __future__ import annotations

import pytest

from playground.host import Host
from playground.model.finding import Finding
from playground.model.record import End, Found
from playground.model.spec import Limits, RunSpec

BANK = """
import threading
class Account:
    def __init__(self): self.balance = 100; self.lock = threading.{lock}()
a, b = Account(), Account()
def transfer(source, target):
    for _ in range(100_000):
        with source.lock:
            with target.lock: source.balance -= 1; target.balance += 1
threads = [threading.Thread(target=transfer, args=pair) for pair in ((a, b), (b, a))]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
QUEUE = """
import queue, threading
belt = queue.Queue(2)
def consume():
    while belt.get() is not None: pass
consumer = threading.Thread(target=consume)
consumer.start()
for number in range(3_000): belt.put(number)
consumer.join()
"""
SIGNAL = """
import threading, time
gate = threading.Lock()
def work():
    for _ in range(20_000):
        with gate: pass
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
gate.acquire()
threading.Timer(1.0, gate.release).start()
with gate: print("went on")
"""


def run(host: Host, source: str) -> tuple[End, list[Finding]]:
    records = list(host.open(RunSpec(source=source, limits=Limits(wall_s=20.0))))
    end = records[-1]
    assert isinstance(end, End)
    return end, [record.finding for record in records if isinstance(record, Found)]


@pytest.mark.parametrize("lock", ["Lock", "RLock"])
def test_opposite_orders_of_hot_locks_are_a_deadlock_with_its_cycle(lock: str, host: Host) -> None:
    end, found = run(host, BANK.format(lock=lock))
    assert end.outcome == "deadlock", end.sentence
    deadlock = next(each for each in found if each.kind == "deadlock")
    assert "transfer-1 and transfer-2 wait for each other" in deadlock.title
    assert deadlock.story[0].startswith("transfer-1 holds a.lock and waits for b.lock")


def test_a_missing_last_item_of_a_hot_queue_is_a_deadlock(host: Host) -> None:
    end, found = run(host, QUEUE)
    assert end.outcome == "deadlock", end.sentence
    assert any("waits for an item in belt for ever" in each.title for each in found)


def test_a_hot_lock_that_is_given_back_later_is_no_deadlock(host: Host) -> None:
    end, found = run(host, SIGNAL)
    assert (end.outcome, found) == ("ok", [])
