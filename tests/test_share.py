"""Links: kept as they were, under ids that nobody can compute; a database of another time is refused with a sentence."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from playground.model.errors import BadSpec, UnknownName
from playground.model.schedule import Schedule, hash_of
from playground.share import ALPHABET, ShareBox, is_id
from playground.shared_program import Share, plain
from playground.store import StoreError, open_store, schema, shares


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'made' / 'threadplay.db'}"


@pytest.fixture
def box(url: str) -> Iterator[ShareBox]:
    made = ShareBox(url, b"key", 5)
    yield made
    made.close()


def test_what_was_put_in_comes_out(box: ShareBox) -> None:
    share = Share("print('ä 🧵')\n", "a.py", (("N", "4"), ("LOCK", "Lock()")), "free", "3.13", 7, "Title", "two-transfers")
    stored = box.get(box.put(share))
    assert set(stored.share.knobs) == set(share.knobs)
    assert stored.share.source == share.source
    assert stored.share.seed == 7
    assert stored.created > 1_700_000_000


def test_ids_are_of_the_content_and_of_this_servers_key(box: ShareBox, tmp_path: Path) -> None:
    first = box.put(Share("x"))
    assert box.put(Share("x")) == first
    assert box.put(Share("y")) != first
    assert is_id(first)
    other = ShareBox(f"sqlite:///{tmp_path / 'other.db'}", b"another key", 5)
    assert other.put(Share("x")) != first
    other.close()


def schedule_of(source: str, choices: tuple[int, ...] = (0, 0, 1, 1, 0)) -> str:
    return str(Schedule("access", "3.13", hash_of(source), choices))


def test_a_link_holds_the_very_interleaving(box: ShareBox) -> None:
    share = Share.from_json({"source": "x = 1\n", "mode": "find", "schedule": schedule_of("x = 1\n"), "step": 2})
    kept = box.get(box.put(share)).share
    assert (kept.mode, kept.schedule, kept.step) == ("find", "tp1;access;3.13;" + hash_of("x = 1\n") + ";0*2,1*2,0", 2)
    other = Share.from_json({"source": "x = 1\n", "mode": "controlled", "granularity": "line"})
    assert box.get(box.put(other)).share.granularity == "line"


def test_the_same_interleaving_has_the_same_link_however_it_is_written(box: ShareBox) -> None:
    text = schedule_of("x")
    said = [text, text.replace("0*2,", "0,0,"), f"  {text} "]
    assert len({box.put(Share.from_json({"source": "x", "mode": "controlled", "schedule": each})) for each in said}) == 1
    assert box.put(Share.from_json({"source": "x", "mode": "controlled", "schedule": schedule_of("x", (0,))})) != box.put(
        Share.from_json({"source": "x", "mode": "controlled"}))


def test_what_was_shared_before_schedules_keeps_its_link_and_still_opens(box: ShareBox, url: str) -> None:
    old = {"source": "print(1)", "filename": "a.py", "knobs": {"N": "4"}, "mode": "free", "python": "3.13", "seed": 7, "title": "T", "slug": "s"}
    content = json.dumps(old, sort_keys=True, separators=(",", ":"))
    share = Share("print(1)", "a.py", (("N", "4"),), "free", "3.13", 7, "T", "s")
    assert share.to_json() == content
    name = box.put(share)
    engine = open_store(url)
    with engine.connect() as connection:
        assert connection.execute(select(shares.c.version, shares.c.content)).one() == (1, content)
    engine.dispose()
    assert box.get(name).share == share


@pytest.mark.parametrize(("parts", "words"), [
    ({"mode": "controlled", "schedule": "rubbish"}, "must start with tp1"), ({"mode": "controlled", "schedule": "  "}, "empty"),
    ({"mode": "controlled", "schedule": "tp2;access;3.13;000000000000;0"}, "version tp2"), ({"mode": "controlled", "schedule": 7}, "must be text"),
    ({"mode": "controlled", "schedule": schedule_of("y")}, "another version of the program"), ({"schedule": schedule_of("x")}, "controlled mode"),
    ({"mode": "controlled", "schedule": schedule_of("x"), "granularity": "line"}, "the schedule says it"),
    ({"mode": "controlled", "step": -2}, "step must be"), ({"mode": "controlled", "step": 1.0}, "step must be"), ({"step": 3}, "controlled mode"),
    ({"mode": "find", "granularity": "atom"}, "Unknown granularity"), ({"mode": "magic"}, "Unknown mode"),
    ({"knobs": {"N": "1"}}, "no line `N = ...`"),
])
def test_what_could_not_be_opened_again_is_not_kept(parts: dict[str, object], words: str) -> None:
    with pytest.raises(BadSpec, match=words):
        Share.from_json({"source": "x", **parts})


def test_a_program_that_cannot_be_read_yet_can_be_shared_with_its_knobs() -> None:
    assert Share.from_json({"source": "N = (\n", "knobs": {"N": "("}}).knobs == (("N", "("),)


def test_an_id_that_is_none_or_unknown_says_so(box: ShareBox) -> None:
    for name in ("", "x", "../../etc", "\x00" * 12, "A" * 12, ALPHABET[:12]):
        with pytest.raises(UnknownName):
            box.get(name)


def test_a_full_store_refuses_new_links_and_keeps_the_old(box: ShareBox) -> None:
    names = [box.put(Share(f"x = {n}")) for n in range(5)]
    with pytest.raises(StoreError, match="keeps 5 links"):
        box.put(Share("one more"))
    assert box.put(Share("x = 0")) == names[0]
    assert box.count() == 5


def test_links_outlive_the_server(box: ShareBox, url: str) -> None:
    name = box.put(Share("x"))
    box.close()
    again = ShareBox(url, b"key", 5)
    assert again.get(name).share.source == "x"
    again.close()


def test_a_link_of_an_unknown_version_is_refused_with_its_version(box: ShareBox, url: str) -> None:
    name = box.put(Share("x"))
    engine = open_store(url)
    with engine.begin() as connection:
        connection.execute(update(shares).values(version=9, product="7.0"))
    engine.dispose()
    with pytest.raises(StoreError, match=r"Threadplay 7\.0 in format 9"):
        box.get(name)


def test_a_database_of_an_unknown_schema_is_refused(url: str) -> None:
    engine = open_store(url)
    with engine.begin() as connection:
        connection.execute(update(schema).values(version=99))
    engine.dispose()
    with pytest.raises(StoreError, match="schema 99"):
        open_store(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{tmp_path / 'x.db'}")


def test_readers_do_not_wait_for_writers(box: ShareBox, url: str, tmp_path: Path) -> None:
    name = box.put(Share("x"))
    other = sqlite3.connect(tmp_path / "made" / "threadplay.db", isolation_level=None)
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.execute("BEGIN IMMEDIATE")
    assert box.get(name).share.source == "x"
    other.execute("ROLLBACK")
    other.close()


def test_many_threads_put_the_same_and_different_things(url: str) -> None:
    box = ShareBox(url, b"key", 1_000)
    names: list[str] = []

    def put(number: int) -> None:
        names.extend(box.put(Share(f"x = {number % 3}")) for _ in range(5))

    threads = [threading.Thread(target=put, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 45
    assert len(set(names)) == box.count() == 3
    box.close()


def test_hiding_characters_leave_a_title() -> None:
    assert plain("a\u202eb\u200b\u2066 c\n\td\x1b\ud800\ue000") == "ab c d"
    assert plain("Grüße, 世界 🧵") == "Grüße, 世界 🧵"


def test_a_bad_part_is_named() -> None:
    with pytest.raises(BadSpec, match="'title'"):
        Share.from_json({"source": "x", "title": 7})
