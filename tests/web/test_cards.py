"""The gallery's pictures: a picture of a run that was disturbed is taken again, and the clearest one is kept."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from playground import record
from web.cards import blur, clearer
from web.parts import parts_of


def test_a_blurred_picture_is_shown_and_taken_again_later_and_the_clearest_is_kept(client: FlaskClient, app: Flask, tmp_path: Path) -> None:
    cards = parts_of(app).cards
    client.get("/gallery/two-transfers.json")
    (path,) = (tmp_path / "cards").iterdir()
    card = json.loads(path.read_bytes())
    assert (card["blur"], card["tries"]) == (0.0, 1)
    path.write_text(json.dumps(card | {"blur": 0.9}))
    assert client.get("/gallery/two-transfers.json").json["blur"] == 0.9
    cards.record_all(threading.Event())
    assert parts_of(app).runs.host.opened == 2  # type: ignore[attr-defined]
    os.utime(path, (0, 0))
    cards.record_all(threading.Event())
    assert (json.loads(path.read_bytes())["blur"], json.loads(path.read_bytes())["tries"]) == (0.0, 2)


def test_of_two_pictures_the_clearer_one_is_kept() -> None:
    assert clearer({"blur": 0.4, "tries": 2}, {"blur": 0.6}) == {"blur": 0.4, "tries": 3}
    assert clearer({"blur": 0.6, "tries": 2}, {"blur": 0.4}) == {"blur": 0.4, "tries": 3}
    assert clearer(None, {"blur": 0.9}) == {"blur": 0.9, "tries": 1}


def test_a_picture_is_blurred_by_what_gaps_hide_of_its_lanes() -> None:
    cutting = record.Gap(0, 30, {"queue": 5, "line": 1}, (), (), "")
    harmless = [record.Gap(30, 90, {"line": 5}, (), (), ""), record.Gap(30, 90, {"lock": 5}, (), (3,), "")]
    assert blur([cutting, *harmless]) == 1.0
    assert blur(harmless) == 0.0
