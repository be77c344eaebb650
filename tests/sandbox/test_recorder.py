"""Rows I and L of the attack list: what a run says about itself is a claim, and nothing of worth lies in its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.cells import Outcome, plain

pytestmark = pytest.mark.attack
Run = Callable[..., Outcome]
ROOT = Path(__file__).parents[2]
SECRET = "correct-horse-battery-staple"

FORGE = """
import json, os
verdict = b"X" + json.dumps({"status": 0, "signal": 0, "cpu_s": 0, "limit": "", "stopped": False, "max_memory_mb": 1}).encode()
for fd in range(1024):
    try:
        os.write(fd, verdict)
    except OSError:
        pass
os._exit(7)
"""


def test_i1_forged_verdict_changes_nothing(run: Run, run_c: Run) -> None:
    for outcome in (run(FORGE), run_c(FORGE)):
        assert (outcome.exit.reason, outcome.exit.status) == ("ended", 7)
        assert outcome.exit.max_memory_mb > 1
        assert b'"status": 0' in outcome.channels["events"], "control: what is written on the event pipe arrives, as a claim"


def test_i2_closing_every_channel_leaves_the_verdict(run: Run) -> None:
    outcome = run("import os\nfor fd in range(64):\n    try: os.close(fd)\n    except OSError: pass\nos._exit(9)")
    assert (outcome.exit.reason, outcome.exit.status) == ("ended", 9)


def test_i8_samples_cannot_be_forged(run: Run) -> None:
    """The samples come over the supervisor's socket, which the run does not have."""
    outcome = run("import os\nos.write(3, b'S' + bytes(24))")
    assert len(outcome.channels.get("samples", b"")) % 24 == 0
    assert bytes(24) not in outcome.channels.get("samples", b"")


SCAN = """
import ctypes, gc, os, sys
needle = "-".join(["correct", "horse", "battery", "staple"])
found = []
def look(where, text):
    if needle in text or "ROOT" in text:
        found.append((where, text[:80]))
look("environ", repr(os.environ))
look("argv", repr(sys.argv + sys.orig_argv))
look("path", repr(sys.path + [repr(finder) for finder in sys.meta_path]))
frame = sys._getframe()
while frame:
    look("frame", repr(frame.f_code) + repr(frame.f_globals) + repr(frame.f_locals) if "needle" not in frame.f_locals else "")
    frame = frame.f_back
gc.unfreeze()
for each in gc.get_objects():
    if isinstance(each, (dict, list, tuple)) and each is not globals() and each is not found:
        try:
            look("gc", repr(each))
        except Exception:
            pass
for module in list(sys.modules.values()):
    look("module", repr(getattr(module, "__file__", "")) + repr(getattr(module, "__path__", "")))
start = ctypes.cast(ctypes.c_void_p.in_dll(ctypes.CDLL(None), "environ").value, ctypes.POINTER(ctypes.c_char_p))
index = 0
while start[index]:
    look("stack", start[index].decode())
    index += 1
print("found", [place for place in found if place[1]])
"""


def _scan() -> str:
    """The needle is put together at run time, so that the program's own text is not what it finds."""
    return SCAN.replace('"ROOT"', f'"/".join({str(ROOT / "playground").split("/")!r})')


def test_i3_l1_scan_of_the_memory_finds_nothing(run: Run) -> None:
    source = (f"import subprocess, sys, os\nsys.path.insert(0, {str(ROOT)!r})\n"
              "from playground.runtimes import find_runtimes\nfrom playground.sandbox import Policy, Zygote\n"
              "from tests.sandbox.cells import finish, open_cell\n"
              "zygote = Zygote(find_runtimes()[0], preload='tests.sandbox.bare_inside')\n"
              f"outcome = finish(open_cell(zygote, {_scan()!r}, Policy(memory_mb=1000, wall_s=60, cpu_s=60)))\n"
              "print(outcome.out, outcome.err, outcome.exit)\nzygote.close()")
    server = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, cwd=ROOT, timeout=90, check=False,
                            env={**os.environ, "THREADPLAY_SECRET_KEY": SECRET})
    assert server.stdout.startswith("found []\n"), server.stdout + server.stderr


def test_i3_control_fork_of_the_server_finds_its_secret() -> None:
    source = f"import os, sys\nif os.fork() == 0:\n    exec({_scan()!r})\n    sys.stdout.flush()\n    os._exit(0)\nos.wait()"
    done = subprocess.run([sys.executable, "-I", "-c", source], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, "THREADPLAY_SECRET_KEY": SECRET})
    assert "environ" in done.stdout
    assert "stack" in done.stdout


def test_i6_module_of_ones_own_name_hurts_only_ones_own_run(run: Run, tmp_path: Path) -> None:
    shadow = """
with open("random.py", "w") as file:
    file.write("print('shadowed')")
import sys
sys.path.insert(0, "")
sys.modules.pop("random", None)
import random
"""
    assert run(shadow).out == "shadowed\n"
    assert run("import random\nprint(random.randint(1, 1))").out == "1\n"
    (tmp_path / "random.py").write_text("print('shadowed')")
    assert plain("import sys\nsys.path.insert(0, '')\nimport random", cwd=tmp_path).stdout == "shadowed\n"


def test_l2_no_file_of_the_service_is_open(run: Run) -> None:
    source = """
import os
found = []
for fd in range(4096):
    try:
        os.fstat(fd)
        found.append(fd)
    except OSError:
        pass
print(found)
"""
    assert run(source).out == "[0, 1, 2, 3]\n"


def test_l4_tracebacks_and_names_say_nothing_of_the_host(run: Run) -> None:
    source = "import os, sys\nprint(os.uname().nodename, os.getuid(), os.getcwd(), os.environ.get('HOME'))\n1 / 0"
    outcome = run(source)
    assert outcome.out == "threadplay 1000 /box /box\n"
    assert str(ROOT) not in outcome.err
    assert "ZeroDivisionError" in outcome.err


def test_application_is_not_importable_inside(run: Run) -> None:
    source = """
for name in ("playground.sandbox", "playground.sandbox.zygote", "playground.session", "web", "flask"):
    try:
        __import__(name)
        print("imported", name)
    except ImportError:
        pass
print("done")
"""
    assert run(source).out == "done\n"
