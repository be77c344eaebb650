"""System call names to their numbers, x86_64 and aarch64: from the kernel's own unistd.h, Linux 6.1 (and fchmodat2, futex_* of 6.6 and 6.7).

-1: that machine has no such call.
"""

from __future__ import annotations

import os

ARCHITECTURES = ("x86_64", "aarch64")

SYSCALLS: dict[str, tuple[int, int]] = {
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "pwrite64": (18, 68), "preadv": (295, 69),
    "pwritev": (296, 70), "close": (3, 57), "open": (2, -1), "openat": (257, 56), "lseek": (8, 62), "fstat": (5, 80), "newfstatat": (262, 79),
    "stat": (4, -1), "lstat": (6, -1), "statx": (332, 291), "access": (21, -1), "faccessat": (269, 48), "faccessat2": (439, 439),
    "readlink": (89, -1), "readlinkat": (267, 78), "getdents": (78, -1), "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49),
    "fchdir": (81, 50), "mkdir": (83, -1), "mkdirat": (258, 34), "rmdir": (84, -1), "unlink": (87, -1), "unlinkat": (263, 35),
    "rename": (82, -1), "renameat": (264, 38), "renameat2": (316, 276), "symlink": (88, -1), "symlinkat": (266, 36), "truncate": (76, 45),
    "ftruncate": (77, 46), "fallocate": (285, 47), "fadvise64": (221, 223), "dup": (32, 23), "dup2": (33, -1), "dup3": (292, 24),
    "fcntl": (72, 25), "ioctl": (16, 29), "flock": (73, 32), "fsync": (74, 82), "fdatasync": (75, 83), "sync_file_range": (277, 84),
    "statfs": (137, 43), "fstatfs": (138, 44), "utimensat": (280, 88), "utime": (132, -1), "utimes": (235, -1), "futimesat": (261, -1),
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "copy_file_range": (326, 285), "sendfile": (40, 71),
    "pipe": (22, -1), "pipe2": (293, 59), "eventfd": (284, -1), "eventfd2": (290, 19), "poll": (7, -1), "ppoll": (271, 73), "select": (23, -1),
    "pselect6": (270, 72), "epoll_create": (213, -1), "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, -1),
    "epoll_pwait": (281, 22), "epoll_pwait2": (441, 441), "mmap": (9, 222), "munmap": (11, 215), "mremap": (25, 216), "mprotect": (10, 226),
    "madvise": (28, 233), "brk": (12, 214), "mincore": (27, 232), "msync": (26, 227), "membarrier": (324, 283), "exit": (60, 93),
    "exit_group": (231, 94), "futex": (202, 98), "futex_waitv": (449, 449), "futex_wake": (454, 454), "futex_wait": (455, 455),
    "futex_requeue": (456, 456), "set_robust_list": (273, 99), "get_robust_list": (274, 100), "set_tid_address": (218, 96), "rseq": (334, 293),
    "sched_yield": (24, 124), "sched_getaffinity": (204, 123), "sched_setaffinity": (203, 122), "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120), "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
    "sched_rr_get_interval": (148, 127), "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158), "getresuid": (118, 148),
    "getresgid": (120, 150), "getpgid": (121, 155), "getpgrp": (111, -1), "getsid": (124, 156), "getrusage": (98, 165), "getrlimit": (97, 163),
    "prlimit64": (302, 261), "setrlimit": (160, 164), "times": (100, 153), "uname": (63, 160), "sysinfo": (99, 179), "getcpu": (309, 168),
    "getrandom": (318, 278), "getpriority": (140, 141), "umask": (95, 166), "capget": (125, 90), "prctl": (157, 167), "arch_prctl": (158, -1),
    "wait4": (61, 260), "waitid": (247, 95), "kill": (62, 129), "tgkill": (234, 131), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132), "pause": (34, -1), "alarm": (37, -1), "getitimer": (36, 102), "setitimer": (38, 103), "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115), "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169), "time": (201, -1),
    "restart_syscall": (219, 128), "clone": (56, 220), "clone3": (435, 435), "fork": (57, -1), "vfork": (58, -1), "execve": (59, 221),
    "setpgid": (109, 154), "setsid": (112, 157), "socketpair": (53, 199), "sendto": (44, 206), "recvfrom": (45, 207), "getsockname": (51, 204),
    "getpeername": (52, 205), "getsockopt": (55, 209), "shutdown": (48, 210), "listxattr": (194, 11), "llistxattr": (195, 12),
    "flistxattr": (196, 13), "getxattr": (191, 8), "lgetxattr": (192, 9), "fgetxattr": (193, 10), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "unshare": (272, 97), "setns": (308, 268), "mount_setattr": (442, 442), "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445), "landlock_restrict_self": (446, 446), "seccomp": (317, 277), "close_range": (436, 436), "capset": (126, 91),
    "socket": (41, 198), "connect": (42, 203), "ptrace": (101, 117), "memfd_create": (319, 279), "process_vm_readv": (310, 270),
    "chown": (92, -1), "lchown": (94, -1), "fchown": (93, 55), "fchownat": (260, 54), "setxattr": (188, 5), "link": (86, -1),
    "linkat": (265, 37), "mknod": (133, -1), "mknodat": (259, 33), "io_uring_setup": (425, 425), "userfaultfd": (323, 282), "keyctl": (250, 219),
    "bpf": (321, 280), "perf_event_open": (298, 241), "pidfd_getfd": (438, 438), "pidfd_open": (434, 434), "recvmsg": (47, 212),
    "mq_open": (240, 180), "shmget": (29, 194), "personality": (135, 92), "inotify_init1": (294, 26), "open_by_handle_at": (304, 265),
    "setuid": (105, 146),
}


def numbers(machine: str = "") -> dict[str, int]:
    """Every call that this machine (`uname -m`) has, by name; empty on an architecture that we have no table for."""
    machine = machine or os.uname().machine
    if machine not in ARCHITECTURES:
        return {}
    column = ARCHITECTURES.index(machine)
    return {name: row[column] for name, row in SYSCALLS.items() if row[column] >= 0}
