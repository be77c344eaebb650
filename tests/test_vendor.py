"""Code and fonts by others: every file has its row in the manifest, every row its file, hash, licence and maker."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
PARTS = {"name", "version", "licence", "file", "sha256", "licence_file", "made_by"}
RECIPE = {"README.md", "manifest.json", "package.json", "package-lock.json", "build.js", "codemirror.entry.js", "dagre.entry.js"}
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())


def files() -> set[str]:
    every = (path.relative_to(VENDOR) for path in VENDOR.rglob("*") if path.is_file())
    return {path.as_posix() for path in every if path.parts[0] != "node_modules"}


def test_every_row_is_whole() -> None:
    assert [row for row in MANIFEST if set(row) != PARTS or not all(row.values())] == []


def test_every_row_has_its_file_with_that_hash() -> None:
    for row in MANIFEST:
        assert hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]
        assert (VENDOR / row["licence_file"]).stat().st_size > 200, row["licence_file"]


def test_every_file_has_its_row() -> None:
    accounted = {row["file"] for row in MANIFEST} | {row["licence_file"] for row in MANIFEST} | RECIPE
    assert files() - accounted == set()


def test_versions_are_pinned_and_the_lock_names_no_host() -> None:
    package = json.loads((VENDOR / "package.json").read_text())
    pins = package["dependencies"] | package["devDependencies"]
    assert [name for name, version in pins.items() if not version[0].isdigit()] == []
    lock = (VENDOR / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "://" not in lock.replace("https://opencollective.com", "").replace("https://github.com/sponsors", "")


def test_nothing_is_vendored_that_no_page_uses() -> None:
    root = VENDOR.parent.parent
    ours = [path for folder in ("templates", "static/js", "static/css") for path in (root / folder).rglob("*") if path.is_file()]
    text = "\n".join(path.read_text() for path in ours)
    assert [row["file"] for row in MANIFEST if f"vendor/{row['file']}" not in text] == []
