"""Rows F of the attack list: nothing of the host can be read, changed or filled."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playground.sandbox.namespaces import RUN_UID
from tests.sandbox.cells import Outcome, plain

pytestmark = pytest.mark.attack
Run = Callable[..., Outcome]

TRY = """
def attempt(what, *arguments):
    try:
        result = what(*arguments)
    except OSError as error:
        print("stopped", error.errno)
    else:
        print("went through", result)
"""


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder of the run's own user outside the walls, which nothing but the walls protects."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o777)
    target = folder / "target"
    target.write_text("precious")
    if os.geteuid() == 0:
        os.chown(target, RUN_UID, RUN_UID)
        os.chown(folder, RUN_UID, RUN_UID)
    yield folder
    shutil.rmtree(folder)


def test_f1_passwords_and_application_cannot_be_read(run: Run) -> None:
    source = TRY + f"for path in ('/etc/passwd', '/etc/shadow', {__file__!r}, '/proc/self/environ', '/proc/1/maps'): attempt(open, path)"
    assert "went through" not in run(source).out
    assert plain(TRY + "attempt(open, '/etc/passwd')").stdout.startswith("went through")


def test_f2_f5_host_folders_are_not_even_there(run: Run) -> None:
    source = TRY + f"import os\nfor path in ('/home', '/etc/passwd', '/proc', '/sys', {str(Path(__file__).parent)!r}): attempt(os.stat, path)"
    assert run(source).out.count("stopped 2") == 5
    assert "stopped" not in plain(TRY + "import os\nattempt(os.stat, '/etc/passwd')").stdout


def test_f3_standard_library_cannot_be_written(run: Run) -> None:
    source = TRY + "import os\nattempt(open, os.__file__, 'a')\nattempt(open, os.path.dirname(os.__file__) + '/evil.py', 'w')"
    assert run(source).out.count("stopped") == 2
    without_landlock = run(source, without=("landlock",))
    assert without_landlock.out.count("stopped") == 2, "read-only mounts stand behind Landlock"


CHANGES = TRY + """
import os
path = {path!r}
attempt(os.chmod, path, 0o777)
attempt(os.utime, path, (1, 1))
attempt(os.chown, path, os.getuid(), os.getgid())
attempt(os.setxattr, path, "user.evil", b"1")
"""


def test_f6_file_of_the_same_user_cannot_be_changed(run: Run, run_c: Run, shared_folder: Path) -> None:
    target = shared_folder / "target"
    before = target.stat()
    source = CHANGES.format(path=str(target))
    assert run(source).out.count("stopped") == 4
    assert run_c(source).out.count("stopped") == 4
    after = target.stat()
    assert (before.st_mode, before.st_mtime) == (after.st_mode, after.st_mtime)
    control = run_c(source, without=("seccomp",))
    assert control.out.count("went through") >= 3, "Landlock alone does not stop chmod: seccomp is the wall"
    assert stat.S_IMODE(target.stat().st_mode) == 0o777


def test_f7_nothing_is_left_for_the_trusted_side(run: Run, tmp_path: Path) -> None:
    source = TRY + """
import os, stat
attempt(os.symlink, "/etc/passwd", "link")
attempt(os.mkfifo, "fifo")
attempt(os.mknod, "device", stat.S_IFCHR | 0o666, os.makedev(1, 3))
"""
    outcome = run(source)
    assert outcome.out.splitlines() == ["went through None", "stopped 1", "stopped 1"]
    assert run("import os; print(os.listdir('.'))").out == "[]\n"
    plain(source, cwd=tmp_path)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "fifo").is_fifo(), "control: a plain run leaves both behind"


def test_f8_host_file_cannot_be_linked(run: Run, run_c: Run, shared_folder: Path) -> None:
    source = TRY + f"import os\nattempt(os.link, {str(shared_folder / 'target')!r}, {str(shared_folder / 'second')!r})"
    assert "went through" not in run(source).out + run_c(source).out
    assert "went through" in run_c(source, without=("seccomp", "landlock")).out


FILL = """
def fill():
    for number in range(64):
        with open(f"f{number}", "wb") as file:
            file.write(bytes(1 << 20))
try:
    fill()
except OSError as error:
    print("stopped", error.errno)
else:
    print("64 MB written")
"""
MANY = """
number = 0
try:
    for number in range(6000):
        open(f"f{number}", "w").close()
except OSError as error:
    print("stopped", error.errno, number)
else:
    print("6000 files made")
"""


def test_f9_disk_bomb_ends_at_the_size(run: Run, tmp_path: Path) -> None:
    assert run(FILL, disk_mb=16).out == "stopped 28\n"
    assert run(FILL, disk_mb=100).out == "64 MB written\n", "control: the size is the wall"
    assert plain(FILL, cwd=tmp_path).stdout == "64 MB written\n"


def test_f9_inode_bomb_ends_at_the_count(run: Run, tmp_path: Path) -> None:
    stopped, number, count = run(MANY, inodes=2_000).out.split()
    assert (stopped, number) == ("stopped", "28")
    assert 1_900 < int(count) <= 2_000
    assert plain(MANY, cwd=tmp_path).stdout == "6000 files made\n"


LEAVE = """
import os, sys
for folder in FOLDERS:
    path = os.path.join(folder, "left-behind")
    print(os.path.exists(path))
    open(path, "w").write("secret of the first run")
"""


def test_f10_second_run_sees_no_leftovers(run: Run, tmp_path: Path) -> None:
    inside = "FOLDERS = ('/tmp', '/dev/shm', '.')" + LEAVE
    assert run(inside).out.split()[0] == "False"
    assert run(inside).out.split()[0] == "False"
    outside = f"FOLDERS = ({str(tmp_path)!r},)" + LEAVE
    assert plain(outside).stdout == "False\n"
    assert plain(outside).stdout == "True\n", "control: without a directory of one's own the second run finds it"


EXECUTE = TRY + """
import os, shutil, sys
try:
    shutil.copyfile(sys.executable, "copy")
    os.chmod("copy", 0o755)
    attempt(os.execv, os.path.abspath("copy"), ["copy", "-c", "print('went through')"])
except OSError as error:
    print("stopped", error.errno)
"""


def test_f11_own_file_cannot_be_executed(run: Run, tmp_path: Path) -> None:
    assert run(EXECUTE).out.startswith("stopped")
    assert run(EXECUTE, processes=4).out.startswith("stopped 13"), "where exec is allowed, noexec and Landlock stand"
    assert "went through" in plain(EXECUTE, cwd=tmp_path).stdout


def test_f12_shell_cannot_be_executed(run: Run) -> None:
    source = TRY + "import os\nattempt(os.execv, '/bin/sh', ['sh', '-c', 'echo went through'])"
    assert run(source).out.startswith("stopped 1")
    assert run(source, processes=4).out.startswith("stopped")
    assert "went through" in plain(source).stdout


def test_f13_deep_and_odd_names_do_no_harm(run: Run) -> None:
    source = """
import os
for _ in range(1000):
    os.mkdir("d")
    os.chdir("d")
for name in (b"\\xff\\xfe", b"new\\nline", b"x" * 255):
    open(name, "w").close()
print("done")
"""
    assert run(source).out == "done\n"
    assert run("print('next')").out == "next\n"
