"""What a supervisor says reaches the host, however late the host reads."""

from __future__ import annotations

import socket

from playground.sandbox.policy import Policy
from playground.sandbox.supervisor import Supervisor, Watch


def test_last_word_needs_no_reader_although_samples_fill_their_part() -> None:
    host, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with host, its_end:
        supervisor = Supervisor(Watch(Policy(), its_end, -1, -1, -1, None, own_pids=False), 0)
        while supervisor._send_samples(bytes(24 * 160)):
            pass
        supervisor._say(b"X{}")
        its_end.close()
        words = []
        while word := host.recv(1 << 16):
            words.append(word[:1])
    assert words[-1] == b"X"
    assert set(words[:-1]) == {b"S"}


def test_last_word_to_a_host_that_is_gone_is_let_go() -> None:
    host, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its_end:
        supervisor = Supervisor(Watch(Policy(), its_end, -1, -1, -1, None, own_pids=False), 0)
        while supervisor._send_samples(bytes(24 * 160)):
            pass
        host.close()
        supervisor._say(b"X{}")
