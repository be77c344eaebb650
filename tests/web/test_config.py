"""Settings come from THREADPLAY_* and nowhere else; what cannot be is said by name."""

from __future__ import annotations

import json
import logging
import stat
import sys
import threading
from pathlib import Path

import pytest

from web.config import BadConfig, Config, secret_key
from web.logs import JsonFormatter


def test_every_field_is_read_from_its_variable(tmp_path: Path) -> None:
    config = Config.from_environ({"THREADPLAY_HOST": "0.0.0.0", "THREADPLAY_PORT": "9", "THREADPLAY_DATA": str(tmp_path), "THREADPLAY_GRACE_S": "1.5",
                                  "THREADPLAY_ALLOWED_HOSTS": "a.example, b.example,", "THREADPLAY_LOG": "json", "OTHER": "x"})
    assert (config.host, config.port, config.data, config.grace_s, config.log) == ("0.0.0.0", 9, tmp_path, 1.5, "json")
    assert config.allowed_hosts == ("a.example", "b.example")


@pytest.mark.parametrize(("name", "value"), [
    ("PORT", "many"), ("PORT", "70000"), ("MAX_RUNS", "0"), ("THREADS", "32"), ("BASE_PATH", "threadplay"), ("BASE_PATH", "/x/"), ("LOG", "xml"),
    ("TRUSTED_PROXIES", "everybody"), ("ALLOWED_ORIGINS", "example.com"), ("GRACE_S", "-1"), ("GRACE_S", "nan"),
])
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(BadConfig, match=f"THREADPLAY_{name} must be"):
        Config.from_environ({f"THREADPLAY_{name}": value})


def test_sockets_leave_threads_for_http() -> None:
    assert Config(threads=100).max_sockets == 68
    assert Config(threads=100, sockets=10).max_sockets == 10
    assert Config(threads=100, sockets=1_000).max_sockets == 68


def test_what_is_shown_can_be_put_into_the_environment_and_hides_a_password() -> None:
    config = Config(database_url="postgresql://me:hunter2@db/x", max_runs=3)
    shown = config.show()
    assert "hunter2" not in shown
    values = dict(line.partition("  #")[0].split("=", 1) for line in shown.splitlines())
    values.pop("THREADPLAY_DATABASE_URL")
    assert Config.from_environ(values) == Config(max_runs=3)


def test_the_key_is_made_once_and_its_owners_alone(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(secret_key(tmp_path / "d"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert stat.S_IMODE((tmp_path / "d" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["secret.key"]


def test_the_json_log_is_one_object_a_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.LogRecord("threadplay", logging.ERROR, "x.py", 1, "said %s", ("a\nb",), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "said a\nb"
