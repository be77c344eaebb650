"""Everything that a person who hosts Threadplay can set: one frozen dataclass, read from THREADPLAY_* and nowhere else.

The variable of a field is its name in capitals: `max_runs` is THREADPLAY_MAX_RUNS. Lists are separated by commas.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "THREADPLAY_"
HTTP_THREADS = 32
"""Threads that WebSockets may never take: plain HTTP always has an answer."""
RUN_MEMORY_MB = 512
SEARCH_S = 100.0
"""No search may take longer: its cell lives 120 s."""


class BadConfig(ValueError):
    """A THREADPLAY_* variable cannot be used; the sentence names it and says what it must be."""


def _default_data() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "threadplay"


def _default_runs() -> int:
    """Four runs for each core, as far as half of the machine's memory allows."""
    cores = len(os.sched_getaffinity(0))
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(2, min(4 * cores, memory_mb // 2 // RUN_MEMORY_MB, 64))


@dataclass(frozen=True, slots=True)
class Config:
    """One server's settings; each field says its unit in its name."""

    host: str = field(default="127.0.0.1", metadata={"help": "address to listen on; loopback unless you say otherwise"})
    port: int = field(default=8765, metadata={"help": "port to listen on"})
    data: Path = field(default_factory=_default_data, metadata={"help": "directory of everything that lasts: database, key, card pictures"})
    database_url: str = field(default="", metadata={"help": "SQLAlchemy URL of the shares; empty: SQLite in the data directory"})
    max_runs: int = field(default_factory=_default_runs, metadata={"help": "programs that run at once; more wait in a visible queue"})
    queue: int = field(default=2_000, metadata={"help": "how many may wait"})
    threads: int = field(default=544, metadata={"help": f"gunicorn's threads: one for each open page, {HTTP_THREADS} kept for plain requests"})
    sockets: int = field(default=0, metadata={"help": f"most open pages at once; 0: threads - {HTTP_THREADS}"})
    allowed_hosts: tuple[str, ...] = field(default=(), metadata={"help": "names of this server beside localhost, its IP addresses and its own name"})
    allowed_origins: tuple[str, ...] = field(default=(), metadata={"help": "other sites that may open the socket, such as https://course.example"})
    base_path: str = field(default="", metadata={"help": "path under which a reverse proxy shows it, such as /threadplay"})
    trusted_proxies: tuple[str, ...] = field(default=(), metadata={"help": "addresses or networks whose X-Forwarded-* headers are believed"})
    grace_s: float = field(default=30.0, metadata={"help": "how long a run goes on while nobody watches it"})
    stall_s: float = field(default=5.0, metadata={"help": "a page that takes in nothing for so long is disconnected; it resumes when it is back"})
    ping_s: float = field(default=25.0, metadata={"help": "seconds between two pings of an idle page"})
    log_budget_mb: int = field(default=1_024, metadata={"help": "disk for the messages of recent runs; the oldest ended ones go first"})
    log_keep_s: float = field(default=3_600.0, metadata={"help": "how long an ended run can be resumed and exported"})
    max_wall_s: float = field(default=60.0, metadata={"help": "longest wall time a visitor may ask for"})
    max_memory_mb: int = field(default=1_024, metadata={"help": "most memory a visitor may ask for"})
    max_search_s: float = field(default=30.0, metadata={"help": f"longest search for a failing interleaving, at most {SEARCH_S:g}"})
    max_search_executions: int = field(default=100_000, metadata={"help": "most executions of one search"})
    max_shares: int = field(default=100_000, metadata={"help": "most share links kept"})
    python: str = field(default="", metadata={"help": "runtime for runs that name none; empty: the server's own"})
    log: str = field(default="text", metadata={"help": "format of the log: text or json"})

    def __post_init__(self) -> None:
        _check(self)

    @property
    def max_sockets(self) -> int:
        """Open WebSockets at once: the rest of the threads answer plain HTTP."""
        room = self.threads - HTTP_THREADS
        return min(self.sockets, room) if self.sockets else room

    @property
    def database(self) -> str:
        """The URL of the shares' database."""
        return self.database_url or f"sqlite:///{self.data / 'threadplay.db'}"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """The settings that the environment asks for; raises BadConfig with a sentence."""
        values: dict[str, object] = {}
        for each in fields(cls):
            text = environ.get(PREFIX + each.name.upper())
            if text is not None and text.strip():
                values[each.name] = _value(each.name, str(each.type), text.strip())
        return cls(**values)  # type: ignore[arg-type]

    def show(self) -> str:
        """Every setting as a line `THREADPLAY_X=value  # what it is`; a database password is not shown."""
        helps = {each.name: each.metadata["help"] for each in fields(self)}
        return "\n".join(f"{name}={value}  # {helps[name.removeprefix(PREFIX).lower()]}" for name, value in self.settings().items())

    def settings(self) -> dict[str, str]:
        """Every setting as the environment would have it, without a database's password."""
        found = {}
        for each in fields(self):
            value = getattr(self, each.name)
            text = ",".join(value) if isinstance(value, tuple) else str(value)
            found[f"{PREFIX}{each.name.upper()}"] = _without_password(text) if each.name == "database_url" else text
        return found


def secret_key(data: Path) -> bytes:
    """The server's own key, made on first use and readable by its owner alone (0600); two starts at once agree on one."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / "secret.key"
    if not path.exists():
        draft = data / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def _value(name: str, kind: str, text: str) -> object:
    try:
        match kind:
            case "int":
                return int(text)
            case "float":
                return float(text)
            case "Path":
                return Path(text).expanduser().absolute()
            case "tuple[str, ...]":
                return tuple(part.strip() for part in text.split(",") if part.strip())
            case _:
                return text
    except ValueError:
        raise BadConfig(f"{PREFIX}{name.upper()} must be a number; it is {text!r}.") from None


def _check(config: Config) -> None:
    """Guard the invariants once, so that nobody downstream has to."""
    rules = (
        ("port", 0 <= config.port < 65_536, "a port from 0 to 65535"),
        ("max_runs", 0 < config.max_runs <= 1_000, "from 1 to 1000"),
        ("queue", 0 < config.queue <= 100_000, "from 1 to 100000"),
        ("threads", HTTP_THREADS < config.threads <= 8_192, f"from {HTTP_THREADS + 1} to 8192"),
        ("sockets", config.sockets >= 0, "0 or more"),
        ("base_path", not config.base_path or (config.base_path.startswith("/") and not config.base_path.endswith("/")), "like /threadplay"),
        ("max_search_s", 0 < config.max_search_s <= SEARCH_S, f"above 0, at most {SEARCH_S:g}"),
        ("log", config.log in ("text", "json"), "text or json"),
        ("trusted_proxies", all(map(_is_network, config.trusted_proxies)), "addresses or networks, such as 127.0.0.1 or 10.0.0.0/8"),
        ("allowed_origins", all(urlsplit(each).netloc for each in config.allowed_origins), "origins such as https://course.example"),
        *((name, getattr(config, name) > 0, "above 0")
          for name in ("grace_s", "stall_s", "ping_s", "log_budget_mb", "log_keep_s", "max_wall_s", "max_memory_mb", "max_search_executions",
                       "max_shares")),
    )
    for name, holds, must in rules:
        if not holds:
            raise BadConfig(f"{PREFIX}{name.upper()} must be {must}; it is {getattr(config, name)!r}.")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":***@") if parts.password else url
