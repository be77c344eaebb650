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
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from playground.model.errors import UnknownName
from playground.shared_program import VERSION, Share
from playground.store import StoreError, open_store, shares

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LETTERS = 12


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
        content = share.to_json()
        name = _id(hmac.digest(self._key, content.encode(), hashlib.sha256))
        engine = self._open()
        with engine.connect() as connection:
            if connection.execute(select(shares.c.id).where(shares.c.id == name)).first() is not None:
                return name
            if connection.execute(select(func.count()).select_from(shares)).scalar_one() >= self._most:
                raise StoreError(f"This server keeps {self._most:,} links and has that many. Download the program instead.")
        row = {"id": name, "version": share.version, "content": content, "created": int(time.time()), "product": _product()}
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
        if not 1 <= row.version <= VERSION:
            raise StoreError(f"This link was made by Threadplay {row.product} in format {row.version}; this server reads formats up to {VERSION}.")
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


def _id(digest: bytes) -> str:
    number = int.from_bytes(digest)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(ID_LETTERS))


def _product() -> str:
    try:
        return version("threadplay")
    except PackageNotFoundError:
        return "unknown"
