"""Rows N of the attack list: there is no network, not even to this machine."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sandbox.cells import Outcome, plain

pytestmark = pytest.mark.attack
Run = Callable[..., Outcome]

CONNECT = """
import socket
try:
    made = socket.socket({family})
    made.connect({address!r})
except OSError as error:
    print("stopped", error.errno)
else:
    print("went through")
"""


@pytest.fixture
def local_server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def path_server() -> Iterator[str]:
    """A service like docker.sock: whoever reaches the path may talk to it."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o777)
    path = str(folder / "service.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        os.chmod(path, 0o777)
        server.listen()
        yield path
    shutil.rmtree(folder)


@pytest.mark.parametrize("family", ["socket.AF_INET, socket.SOCK_STREAM", "socket.AF_INET6, socket.SOCK_DGRAM",
                                    "socket.AF_INET, socket.SOCK_STREAM, 262",
                                    "socket.AF_NETLINK, socket.SOCK_RAW", "socket.AF_PACKET, socket.SOCK_RAW", "socket.AF_VSOCK, socket.SOCK_STREAM",
                                    "socket.AF_ALG, socket.SOCK_SEQPACKET", "socket.AF_UNIX, socket.SOCK_STREAM"])
def test_n1_n3_n8_no_socket_can_be_made(run: Run, run_c: Run, family: str) -> None:
    source = f"import socket\ntry:\n    socket.socket({family})\nexcept OSError as error:\n    print('stopped', error.errno)"
    assert run(source).out == "stopped 1\n"
    assert run_c(source).out == "stopped 1\n"


def test_n2_own_server_cannot_be_reached(run: Run, run_c: Run, local_server: int) -> None:
    source = CONNECT.format(family="socket.AF_INET", address=("127.0.0.1", local_server))
    assert run(source).out == "stopped 1\n"
    assert run_c(source).out == "stopped 1\n"
    assert run(source, without=("seccomp", "landlock")).out == "stopped 101\n", "an empty network namespace stands behind seccomp"
    assert run_c(source, without=("seccomp", "landlock")).out == "went through\n"
    assert plain(source).stdout == "went through\n"


def test_n5_path_socket_cannot_be_reached(run: Run, run_c: Run, path_server: str) -> None:
    source = CONNECT.format(family="socket.AF_UNIX", address=path_server)
    assert run(source).out == "stopped 1\n"
    assert run_c(source).out == "stopped 1\n"
    assert run(source, without=("seccomp", "landlock")).out == "stopped 2\n", "the path is not there"
    assert run_c(source, without=("seccomp",)).out == "went through\n", "Landlock alone does not stop it: seccomp is the wall"


def test_n4_pair_cannot_send_to_a_name(run: Run) -> None:
    source = """
import socket
ours, theirs = socket.socketpair()
ours.send(b"fine")
print(theirs.recv(10))
try:
    ours.sendto(b"x", "\\0abstract")
except OSError as error:
    print("stopped", error.errno)
try:
    socket.send_fds(ours, [b"x"], [0])
except OSError as error:
    print("stopped", error.errno)
"""
    assert run(source).out == "b'fine'\nstopped 1\nstopped 1\n"
    datagrams = source.replace("socketpair()", "socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)")
    assert run(datagrams).out == "", "a pair of datagrams, which could, cannot be had"
    assert plain(datagrams).stdout == "b'fine'\nstopped 111\n"


def test_n7_name_lookup_fails_fast(run: Run) -> None:
    source = """
import socket, time
began = time.monotonic()
try:
    socket.getaddrinfo("example.org", 80)
except OSError:
    print("failed", time.monotonic() - began < 1)
"""
    assert run(source).out == "failed True\n"
