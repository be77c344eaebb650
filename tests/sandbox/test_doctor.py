"""Row K11 and the fail-closed rule: each layer is taken away for real; tier and reason change, and no program runs without its walls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.sandbox import Zygote

pytestmark = pytest.mark.attack
ROOT = Path(__file__).parents[2]


def _without(layer: str, *words: str) -> Any:
    done = subprocess.run([sys.executable, "-m", "tests.sandbox.without", layer, *words], capture_output=True, text=True, cwd=ROOT, timeout=60,
                          check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _missing(report: Any) -> set[str]:
    return {layer["name"] for layer in report["layers"] if not layer["held"] and layer["needed"]}


def test_whole_machine_is_tier_a(zygote: Zygote) -> None:
    report = _without("nothing")
    assert (report["tier"], _missing(report), report["mends"]) == ("A", set(), [])
    assert len(report["attacks"]) >= 12
    assert all(attack["stopped"] for attack in report["attacks"])
    assert report["runtimes"][0]["usable"]


@pytest.mark.parametrize(("layer", "tier", "missing", "word"), [
    ("landlock", "A", {"landlock"}, "Every wall"),
    ("namespaces", "C", {"namespaces", "mounts"}, "Tier A needs namespaces"),
    ("run_namespaces", "C", {"namespaces", "mounts"}, "Tier A needs namespaces: clone"),
    ("user_namespaces", "C", {"namespaces", "mounts"}, "Tier A needs namespaces: clone: No space left on device"),
    ("mounts", "C", {"mounts"}, "Tier A needs mounts: mount: Operation not permitted"),
    ("seccomp", "D", {"seccomp"}, "Tier C needs seccomp"),
    ("no_new_privs", "D", {"no_new_privs", "seccomp", "landlock"}, "Tier C needs no_new_privs"),
    ("namespaces_and_landlock", "D", {"namespaces", "mounts", "landlock"}, "Tier C needs landlock"),
])
def test_layer_taken_away_changes_tier_and_reason(layer: str, tier: str, missing: set[str], word: str) -> None:
    if layer == "user_namespaces" and os.geteuid() != 0:
        pytest.skip("needs root to make a user namespace with many ids")
    report = _without(layer)
    assert (report["tier"], _missing(report)) == (tier, missing)
    assert word in report["reason"]
    for found in report["layers"]:
        if not found["held"]:
            assert found["reason"]
            assert found["mend"]
    assert report["mends"]
    if tier == "C":
        assert all(attack["stopped"] for attack in report["attacks"]), "what remains stops every attack of the probe"
    if tier == "D":
        assert not report["attacks"]
        assert not report["runtimes"][0]["usable"]


@pytest.mark.parametrize("step", ["capset", "landlock_in_runs"])
def test_k11_wall_that_cannot_be_put_up_means_no_program(step: str) -> None:
    """The zygote is there; one step of the run's own sequence fails."""
    word = _without(step, "run")
    assert word["out"] == ""
    assert word["reason"].startswith("refused: ")


def test_k11_control_program_runs_with_all_walls() -> None:
    assert _without("nothing", "run") == {"out": "the program ran\n", "reason": "ended", "tier": "A"}


def test_ordinary_user_has_tier_a_and_tier_c() -> None:
    """As root this becomes somebody else first; the service's own user is never root in a container that is well set up."""
    if os.geteuid() != 0:
        pytest.skip("the other tests are this one")
    command = [sys.executable, "-m", "tests.sandbox.ordinary_user", "tests.sandbox.without"]
    for layer, tier in (("nothing", "A"), ("namespaces", "C")):
        done = subprocess.run([*command, layer], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["tier"] == tier, report["reason"]
        assert all(attack["stopped"] for attack in report["attacks"])
