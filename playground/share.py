"""Share links: a stored program with everything that pins it, under a short id that cannot be guessed.

The id is the start of a keyed hash of the content: the same content gets the same id on one server, and without the server's key nobody can
compute the id of a content or try ids by counting (60 bits). State never travels in the URL.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from playground.model.errors import BadSpec, UnknownName
from playground.model.spec import RunSpec, check
from playground.store import StoreError, open_store, shares

VERSION = 1
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LETTERS = 12
HIDING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
MOST_KNOBS, KNOB_LETTERS, TITLE_LETTERS = 64, 200, 120
_TEXTS = {"source": 0, "filename": 120, "mode": 20, "python": 80, "title": TITLE_LETTERS, "slug": 80}


@dataclass(frozen=True, slots=True)
class Share:
    """What a link pins. `knobs` maps a knob's name to the expression it was turned to; `slug` is the scenario it came from, or empty."""

    source: str
    filename: str = "program.py"
    knobs: tuple[tuple[str, str], ...] = ()
    mode: str = "free"
    python: str = ""
    seed: int = 0
    title: str = ""
    slug: str = ""

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> Share:
        """A share from untrusted, parsed JSON; raises BadSpec with a sentence."""
        unknown = set(raw) - set(_TEXTS) - {"knobs", "seed"}
        if unknown or "source" not in raw:
            raise BadSpec(f"A share has the parts source, {', '.join(sorted({*_TEXTS, 'knobs', 'seed'} - {'source'}))}; source is needed.")
        values: dict[str, Any] = {name: _text(name, raw[name], most) for name, most in _TEXTS.items() if name in raw}
        values["title"] = plain(values.get("title", ""))
        values["filename"] = plain(values.get("filename", "")) or "program.py"
        seed = raw.get("seed", 0)
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise BadSpec("The seed must be a whole number.")
        share = cls(**values, knobs=_knobs(raw.get("knobs", {})), seed=seed)
        check(RunSpec(share.source, name=share.filename, mode=share.mode, python=share.python, seed=share.seed))
        return share


@dataclass(frozen=True, slots=True)
class Stored:
    """A share as it lies in the store. `product` is the Threadplay that made it."""

    id: str
    share: Share
    created: int
    product: str


class ShareBox:
    """Puts shares in and gets them out; opens its database on first use, from any thread."""

    def __init__(self, url: str, key: bytes, most: int) -> None:
        self._url, self._key, self._most = url, key, most
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    @staticmethod
    def read(raw: Mapping[str, object]) -> Share:
        """The share that untrusted, parsed JSON describes; raises BadSpec."""
        return Share.from_json(raw)

    def put(self, share: Share) -> str:
        """Keep it; the id under which it is found. The same content gives the same id."""
        content = json.dumps({**asdict(share), "knobs": dict(share.knobs)}, sort_keys=True, separators=(",", ":"))
        name = _id(hmac.digest(self._key, content.encode(), hashlib.sha256))
        engine = self._open()
        with engine.connect() as connection:
            if connection.execute(select(shares.c.id).where(shares.c.id == name)).first() is not None:
                return name
            if connection.execute(select(func.count()).select_from(shares)).scalar_one() >= self._most:
                raise StoreError(f"This server keeps {self._most:,} links and has that many. Download the program instead.")
        row = {"id": name, "version": VERSION, "content": content, "created": int(time.time()), "product": _product()}
        try:
            with engine.begin() as connection:
                connection.execute(insert(shares).values(row))
        except IntegrityError:
            pass  # another request kept the same content meanwhile
        return name

    def get(self, name: str) -> Stored:
        """The share of that id; raises UnknownName, or StoreError for a version from the future."""
        if not is_id(name):
            raise UnknownName("No program is shared under that address.")
        with self._open().connect() as connection:
            row = connection.execute(select(shares).where(shares.c.id == name)).first()
        if row is None:
            raise UnknownName("No program is shared under that address.")
        if row.version != VERSION:
            raise StoreError(f"This link was made by Threadplay {row.product} in format {row.version}; this server reads format {VERSION}.")
        content = json.loads(row.content)
        content["knobs"] = tuple(content["knobs"].items())
        return Stored(row.id, Share(**content), row.created, row.product)

    def count(self) -> int:
        """How many are kept."""
        with self._open().connect() as connection:
            return int(connection.execute(select(func.count()).select_from(shares)).scalar_one())

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _open(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = open_store(self._url)
            return self._engine


def is_id(text: str) -> bool:
    """Whether it can be a share's id at all."""
    return len(text) == ID_LETTERS and set(text) <= set(ALPHABET)


def plain(text: str) -> str:
    """The text without characters that hide or reorder what one reads: controls, bidi marks, zero-width ones; spaces are single."""
    spaced = text.translate({9: " ", 10: " ", 13: " "})
    return " ".join("".join(letter for letter in spaced if unicodedata.category(letter) not in HIDING).split())


def _id(digest: bytes) -> str:
    number = int.from_bytes(digest)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(ID_LETTERS))


def _text(name: str, value: object, most: int) -> str:
    if not isinstance(value, str) or (most and len(value) > most):
        raise BadSpec(f"The part {name!r} of a share must be text" + (f" of at most {most} characters." if most else "."))
    return value


def _knobs(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping) or len(value) > MOST_KNOBS:
        raise BadSpec(f"The knobs of a share must be an object of at most {MOST_KNOBS} names and values.")
    pairs = []
    for name, turned in sorted(value.items()):
        text = str(turned) if isinstance(turned, int) and not isinstance(turned, bool) else turned
        if not isinstance(text, str) or not name.isidentifier() or len(name) > 80 or len(text) > KNOB_LETTERS or not (text.isprintable() and text):
            raise BadSpec("A knob of a share is a name and a short text.")
        pairs.append((name, text))
    return tuple(pairs)


def _product() -> str:
    try:
        return version("threadplay")
    except PackageNotFoundError:
        return "unknown"
