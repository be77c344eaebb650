"""Resource limits of one process: what the kernel itself refuses before a watchdog has to look."""

from __future__ import annotations

import math
import resource

from playground.sandbox.policy import Policy

MB = 1 << 20
_ZERO = (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE, resource.RLIMIT_RTPRIO, resource.RLIMIT_NICE)


def apply(policy: Policy, base_bytes: int, own_user: bool) -> None:
    """Set the limits of this process for good.

    `base_bytes` is the address space in use already. `own_user`: the run has a user namespace of its own, so that counting
    its tasks (the supervisor is one of them) cannot starve another run.
    """
    if policy.has("rlimits"):
        for each in _ZERO:
            _set(each, 0)
        _set(resource.RLIMIT_NOFILE, policy.files_each)
        _set(resource.RLIMIT_FSIZE, policy.disk_mb * MB)
        _set(resource.RLIMIT_SIGPENDING, 256)
    if policy.has("cpu_limit"):
        _set(resource.RLIMIT_CPU, math.ceil(policy.cpu_s) + 1)
    if policy.has("nproc") and own_user:
        _set(resource.RLIMIT_NPROC, policy.threads + policy.processes)
    if policy.has("address_space"):
        _set(resource.RLIMIT_AS, base_bytes + policy.memory_mb * MB + policy.threads * policy.stack_kb * 1024)


def _set(which: int, value: int) -> None:
    """Lower, never raise: what the service itself may not have, a run does not get."""
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))
