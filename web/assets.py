"""Static files under an address that names their content: `/static/<hash of the whole tree>/js/main.js`.

One hash for the tree, so that a module's relative imports and a sheet's relative urls stay within the same version and can be cached for ever.
Under any other hash, or none, a file is served with an ETag and must be revalidated.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import os
import threading
import time
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request
from werkzeug.security import safe_join

FOR_EVER = "public, max-age=31536000, immutable"
LOOK_AGAIN_S = 2.0
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json",
         ".woff2": "font/woff2", ".map": "application/json", ".md": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
PACKED = frozenset({".js", ".css", ".svg", ".json"})
UNSEEN = frozenset({"node_modules"})


class Assets:
    """The files below `root` and the tree's hash, which is looked at again when a file may have changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        self._hash, self._looked_at = "", 0.0

    @property
    def tree(self) -> str:
        """Eight letters that change when any file does."""
        with self._lock:
            now = time.monotonic()
            if not self._hash or now - self._looked_at > LOOK_AGAIN_S:
                self._hash, self._looked_at = _tree_hash(self.root), now
            return self._hash

    def url(self, path: str) -> str:
        """Where the page finds that file."""
        return f"{request.script_root}/static/{self.tree}/{path.lstrip('/')}"

    def response(self, path: str) -> Response:
        """One file, or 404."""
        first, _, rest = path.partition("/")
        current = first == self.tree
        named = rest if current or (len(first) == 8 and not (self.root / first).exists()) else path
        file = safe_join(str(self.root), named)
        if file is None or any(part in UNSEEN or part.startswith(".") for part in named.split("/")) or not os.path.isfile(file):
            abort(404)
        kind = Path(file).suffix
        stamp = os.stat(file)
        data, tag = _content(file, stamp.st_mtime_ns, stamp.st_size, kind in PACKED and bool(request.accept_encodings["gzip"]))
        response = Response(data, content_type=TYPES.get(kind) or mimetypes.guess_type(file)[0] or "application/octet-stream")
        if kind in PACKED:
            response.vary.add("Accept-Encoding")
            if data[:2] == b"\x1f\x8b":
                response.content_encoding = "gzip"
        response.headers["Cache-Control"] = FOR_EVER if current else "no-cache"
        response.set_etag(tag)
        response.make_conditional(request)
        return response


@lru_cache(maxsize=512)
def _content(file: str, _mtime_ns: int, _size: int, packed: bool) -> tuple[bytes, str]:
    data = Path(file).read_bytes()
    tag = hashlib.sha256(data).hexdigest()[:16]
    return (gzip.compress(data, 6, mtime=0), tag + "-gzip") if packed else (data, tag)


def _tree_hash(root: Path) -> str:
    """From names, times and sizes: half a millisecond for a hundred files."""
    seen = hashlib.sha256()
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in UNSEEN and not name.startswith("."))
        for name in sorted(files):
            stamp = os.stat(os.path.join(folder, name))
            seen.update(f"{folder}/{name}:{stamp.st_mtime_ns}:{stamp.st_size}\n".encode(errors="surrogateescape"))
    return seen.hexdigest()[:8]


def register(app: Flask, root: Path) -> None:
    """`/static/...` and the templates' `asset(path)`."""
    assets = Assets(root)
    blue = Blueprint("assets", __name__)
    blue.add_url_rule("/static/<path:path>", "file", assets.response)
    app.register_blueprint(blue)
    app.jinja_env.globals["asset"] = assets.url
