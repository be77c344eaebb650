"""Take a kernel facility away for real, then examine: run as `python without.py LAYER` it prints the report as JSON.

A seccomp filter over this whole process, inherited by the zygote, makes the calls fail as a container's or an LSM's denial would.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from dataclasses import asdict

from playground.runtimes import find_runtimes
from playground.sandbox import Zygote, examine, seccomp
from playground.sandbox.bpf import NUMBER, Program, argument
from playground.sandbox.syscall_numbers import numbers
from tests.sandbox.cells import BARE, finish, open_cell

DENIED: dict[str, tuple[tuple[str, int], ...]] = {
    "nothing": (),
    "landlock": (("landlock_create_ruleset", errno.EOPNOTSUPP),),
    "namespaces": (("unshare", errno.EPERM),),
    "run_namespaces": (("clone:namespaces", errno.EPERM),),
    "mounts": (("mount", errno.EPERM),),
    "seccomp": (("seccomp", errno.ENOSYS),),
    "no_new_privs": (("prctl:no_new_privs", errno.EPERM),),
    "namespaces_and_landlock": (("unshare", errno.EPERM), ("landlock_create_ruleset", errno.EOPNOTSUPP)),
    "capset": (("capset", errno.EPERM),),
    "landlock_in_runs": (("landlock_restrict_self", errno.EPERM),),
}
ARGUMENT = {"namespaces": (0, 0x10000000), "no_new_privs": (0, 38)}


def take_away(what: str) -> None:
    """Install a filter that denies these calls and allows everything else."""
    known = numbers()
    program = Program()
    program.load(NUMBER)
    for call, error in DENIED[what]:
        name, _, detail = call.partition(":")
        if detail == "namespaces":
            program.unless_equal(known[name], 5)
            program.load(argument(0))
            program.mask(0x10000000)
            program.unless_equal(0x10000000, 1)
            program.end(seccomp.ERRNO | error)
            program.load(NUMBER)
        elif detail:
            program.unless_equal(known[name], 4)
            program.load(argument(0))
            program.unless_equal(38, 1)
            program.end(seccomp.ERRNO | error)
            program.load(NUMBER)
        else:
            program.unless_equal(known[name], 1)
            program.end(seccomp.ERRNO | error)
    program.end(seccomp.ALLOW)
    if os.geteuid() != 0:
        from playground.sandbox import privileges

        privileges.no_new_privileges()
    seccomp.install(program.assemble())


def in_user_namespace_without_children() -> None:
    """Become root of a user namespace in which no further one may be made."""
    read, write = os.pipe()
    parent = os.getpid()
    if os.fork() == 0:
        os.read(read, 1)
        for name, text in (("uid_map", "0 0 65536"), ("gid_map", "0 0 65536")):
            with open(f"/proc/{parent}/{name}", "w") as file:
                file.write(text)
        os._exit(0)
    os.unshare(os.CLONE_NEWUSER)
    os.write(write, b"x")
    os.wait()
    with open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")


def run_program() -> None:
    """Start a zygote, run a program, print what came of it."""
    zygote = Zygote(find_runtimes()[0], preload=BARE)
    zygote.start()
    outcome = finish(open_cell(zygote, "print('the program ran')"))
    zygote.close()
    print(json.dumps({"out": outcome.out, "reason": outcome.exit.reason, "tier": zygote.tier}))


if __name__ == "__main__":
    runtimes = find_runtimes()[:1]
    if sys.argv[1] == "user_namespaces":
        in_user_namespace_without_children()
    else:
        take_away(sys.argv[1])
    if sys.argv[2:] == ["run"]:
        run_program()
    else:
        print(json.dumps(asdict(examine(runtimes))))
