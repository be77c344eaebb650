"""What is touched is told apart by place, whatever it is called."""

from __future__ import annotations

from playground.inside.beneath.greenlets import Greenlets
from playground.inside.execution import Execution
from playground.search.replay import Replay

SOURCE = """import threading

class Box:
    def __init__(self):
        self.value = 0

def work():
    items, box = [], Box()
    items.append(1)
    box.value = 1

def main():
    count = 0
    def add():
        nonlocal count
        count += 1
    for target in (work, work, add, add):
        thread = threading.Thread(target=target)
        thread.start()
        thread.join()

main()
"""


def places(line: int, kind: str) -> list[tuple[int, int]]:
    """The threads and places of that kind of access at that line."""
    execution = Execution(SOURCE, "program.py", "access", Greenlets())
    try:
        strategy = Replay(())
        assert strategy.begin()
        _, recording = execution.record(strategy)
    finally:
        execution.close()
    return [(stand.thread, stand.place) for row in recording.rows for stand in row.stands if (stand.line, stand.kind) == (line, kind)]


def test_lists_and_attributes_of_one_name_have_places_of_their_own() -> None:
    (one, first), (two, second) = places(9, "write")
    assert one != two
    assert first != second
    assert max(first, second) < 0
    (_, first), (_, second) = places(10, "write")
    assert first != second
    assert min(first, second) > 0


def test_a_closures_variable_has_one_place_for_all_who_share_it() -> None:
    (one, first), (two, second) = places(16, "write")
    assert one != two
    assert first == second > 0
