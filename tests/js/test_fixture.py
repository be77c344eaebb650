"""The vocabulary that the browser's tests use is the one that is served."""

import json
from pathlib import Path

from playground.vocabulary import vocabulary


def test_the_fixture_has_the_served_states_kinds_and_primitives() -> None:
    kept = json.loads((Path(__file__).parent / "fixtures" / "vocabulary.json").read_text())
    served = json.loads(json.dumps(vocabulary()))
    for part in ("states", "kinds", "primitives", "outcomes"):
        assert kept[part] == served[part]
