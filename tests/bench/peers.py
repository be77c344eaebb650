"""Environments of the bench's own with the peers that it compares with; made once, from hashed requirements, and made again when those change."""

from __future__ import annotations

import functools
import hashlib
import subprocess
import venv
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build"


class NotMeasured(Exception):
    """Why a contestant has no figure; the section says so and goes on."""


@functools.cache
def python_with(requirements: str) -> Path:
    """The interpreter of an environment that holds what the file pins; raises NotMeasured where that cannot be installed."""
    wanted = HERE / requirements
    home = BUILD / f"bench-{wanted.stem.removeprefix('requirements-')}"
    python, stamp = home / "bin" / "python", home / "made-from"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == digest:
        return python
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", str(wanted)]
    try:
        venv.create(home, with_pip=True, clear=True)
        done = subprocess.run(install, check=False, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        raise NotMeasured(f"no environment for {requirements}: {error}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise NotMeasured(f"{requirements} could not be installed: {last[:120]}")
    stamp.write_text(digest)
    return python
