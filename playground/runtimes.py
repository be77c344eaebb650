"""The CPythons of this host that programs can run on: 3.13 or newer, with a GIL or free-threaded.

Each candidate is asked by running it, within a bounded time; one that is broken, old or not CPython is left out and can be asked why.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST = (3, 13)
ASK_S = 10.0
_NAME = re.compile(r"python3\.(?:1[3-9]|[2-9]\d)t?")
_QUESTION = ("import json, sys, sysconfig; print(json.dumps([sys.implementation.name, list(sys.version_info[:3]), "
             "bool(sysconfig.get_config_var('Py_GIL_DISABLED')), sys._base_executable or sys.executable]))")


@dataclass(frozen=True, slots=True)
class Runtime:
    """One interpreter. `name` is what people ask for: "3.13", "3.14t" (free-threaded); `gil` is false only for those."""

    name: str
    executable: str
    version: str
    gil: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """A candidate that cannot be used, and why."""

    executable: str
    reason: str


@functools.cache
def find_runtimes() -> tuple[Runtime, ...]:
    """The usable interpreters, the one that runs this first; of several with one name the first found. Looked for once a process."""
    found: dict[str, Runtime] = {}
    for answer in survey():
        if isinstance(answer, Runtime):
            found.setdefault(answer.name, answer)
    return tuple(found.values())


def survey() -> Iterator[Runtime | Broken]:
    """Every candidate's answer, each real file once."""
    seen: set[str] = set()
    for path in _candidates():
        real = os.path.realpath(path)
        if real not in seen:
            seen.add(real)
            yield ask(real)


def ask(executable: str) -> Runtime | Broken:
    """What this interpreter says of itself."""
    try:
        done = subprocess.run([executable, "-I", "-S", "-c", _QUESTION], capture_output=True, timeout=ASK_S, stdin=subprocess.DEVNULL,
                              env={"LANG": "C.UTF-8"}, check=False)
        implementation, version, free_threaded, base = json.loads(done.stdout)
        release = tuple(int(part) for part in version)
    except subprocess.TimeoutExpired:
        return Broken(executable, f"It did not answer within {ASK_S:.0f} s.")
    except (OSError, ValueError, TypeError) as error:
        return Broken(executable, f"It does not start: {error}.")
    if implementation != "cpython" or release < OLDEST:
        return Broken(executable, f"It is {implementation} {'.'.join(map(str, release))}; CPython 3.13 or newer is needed.")
    name = f"{release[0]}.{release[1]}{'t' if free_threaded else ''}"
    return Runtime(name, os.path.realpath(str(base)), ".".join(map(str, release)), not free_threaded)


def _candidates() -> Iterator[Path]:
    """Places to look: this interpreter, THREADPLAY_PYTHONS, PATH, pyenv's versions, uv's installed ones."""
    yield Path(sys.executable)
    yield from (Path(entry) for entry in os.environ.get("THREADPLAY_PYTHONS", "").split(os.pathsep) if entry)
    home = Path(os.path.expanduser("~"))
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    folders = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry and Path(entry) != pyenv / "shims"]
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local/share/uv/python")
    for versions in (pyenv / "versions", uv):
        folders += [folder / "bin" for folder in _entries(versions)]
    for folder in folders:
        yield from (path for path in _entries(folder) if _NAME.fullmatch(path.name) and os.access(path, os.X_OK))


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, in order; nothing if it cannot be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
