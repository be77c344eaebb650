"""What decides beside the order of threads: where a program looks at it, no search calls itself a proof."""

from __future__ import annotations

import pytest

from playground.inside.explore import Explorer

THREADS = """
import threading
done = []
def work(name="x"):
    done.append(name)
def run(names):
    for name in names:
        t = threading.Thread(target=work, args=(name,))
        t.start()
        t.join()
"""

DEPENDS = {
    "a set of texts is gone through": "run({'a', 'b', 'c'})\nassert done != ['q']",
    "a set in a variable": "names = set()\nnames.add('a'); names.add('b')\nrun(names)",
    "a set that a function gives": "def names(): return set('abc')\nfor name in names(): done.append(name)\nrun('x')",
    "a list of a set": "names = list({'a', 'b', *'cd'})\nrun('x')\nassert names[0] != 'q'",
    "an element of a set": "names = {'a', 'b', *'cd'}\nrun('x')\nassert names.pop() != 'q'",
    "the first of an iterator": "names = frozenset('ab')\nrun('x')\nassert next(iter(names)) != 'q'",
    "a set comprehension": "run({name.lower() for name in 'abc'})",
    "unpacking": "names = {*'ab'}\nfirst, second = names\nrun('x')",
    "star of a set": "names = {*'ab'}\nprint(*names)\nrun('x')",
    "a list that is lengthened": "names = {*'ab'}\nlast = [1, *names]\nrun('x')",
    "common keys": "one, other = {'a': 1, 'b': 2}, {'b': 1, 'a': 2}\nrun(one.keys() & other.keys())",
    "text of a set": "names = set('ab')\nassert str(names) != '{}'\nrun('x')",
    "a set in a format": "names = set('ab')\nassert f'{names}' != '{}'\nrun('x')",
    "a set in a list in a text": "names = [set('ab')]\nassert repr(names) != '[]'\nrun('x')",
    "joined": "names = set('ab')\nassert ''.join(names) != 'q'\nrun('x')",
    "the shortest of a set": "names = set('ab')\nassert min(names, key=len) != 'q'\nrun('x')",
    "a set of objects": "class P: pass\nps = {P(), P()}\nrun(p.__class__.__name__ for p in ps)",
    "a set of threads": "ts = {threading.Thread(target=work) for _ in range(2)}\nfor t in ts: t.start()\nfor t in ts: t.join()",
    "hash of a text": "run('x')\nassert hash('spam') % 1000 < 1000",
    "a lock chosen by hash": "locks = [threading.Lock() for _ in range(4)]\nwith locks[hash('me') % 4]: run('x')",
    "hash handed on": "names = sorted('abc', key=hash)\nrun(names)",
    "the address": "a, b = object(), object()\nrun('x')\nassert id(a) != id(b)",
    "the order of addresses": "locks = sorted([threading.Lock(), threading.Lock()], key=id)\nwith locks[0], locks[1]: run('x')",
    "the hash's method": "run('x')\nassert 'spam'.__hash__() % 1000 < 1000",
    "time of day": "import time\nrun('x')\nassert int(time.time()) % 2 in (0, 1)",
    "a duration": "import time\nstart = time.perf_counter()\nrun('x')\nprint(time.perf_counter() - start)",
    "monotonic by name": "from time import monotonic\nrun('x')\nassert monotonic() > 0",
    "the calendar": "import time\nrun('x')\nassert time.localtime().tm_year > 2000 and time.strftime('%Y') > '2000'",
    "datetime": "import datetime\nrun('x')\nassert datetime.datetime.now().year > 2000",
    "datetime by name": "from datetime import datetime, date\nrun('x')\nassert datetime.now().year >= date.today().year",
    "random": "import random\nrun('x')\nassert random.random() > 0.0001",
    "random by another name": "from random import randint as draw\nrun('x')\nassert draw(1, 1_000_000) != 7",
    "shuffling": "import random\nnames = ['a', 'b']\nrandom.shuffle(names)\nrun(names)",
    "a Random of its own without a seed": "import random\nr = random.Random()\nrun('x')\nassert r.random() > 0.0001",
    "random handed on": "import random\nnames = list(map(random.choice, ['ab', 'cd']))\nrun(names)",
    "bytes of the machine": "import os\nrun('x')\nassert os.urandom(1) != b'a' or True",
    "the process's number": "import os\nrun('x')\nassert os.getpid() > 1",
    "a file's existence": "import os\nrun('x')\nassert not os.path.exists('no such file')",
    "a path's existence": "from pathlib import Path\nrun('x')\nassert not Path('no such file').exists()",
    "a finalizer at the end": "class P:\n    def __del__(self): done.append(1)\np = P()\nrun('x')",
    "references": "import sys\nrun('x')\nassert sys.getrefcount(done) > 1",
}
DOES_NOT = {
    "what a set holds": "seen = set()\nseen.add('a'); seen.add('b')\nrun('ab')\nassert 'a' in seen and len(seen) == 2 and not seen - {'a', 'b'}",
    "a set in order": "names = {'a', 'b', *'cd'}\nrun(sorted(names))\nassert max(names) == 'd'",
    "a set of numbers": "run({1, 2, 3})\nnumbers = {(1, 2), (3, 4)}\nassert list(numbers)",
    "one element": "names = set()\nnames.add('a')\nassert names.pop() == 'a'\nrun('x')",
    "sets that are compared": "run('ab')\nassert set(done) == {'a', 'b'}",
    "a list beside a set": "seen = set('ab')\nnames = ['a', 'b']\nfor name in names: assert name in seen\nrun(names)",
    "a set that threads fill": "seen = set()\nlock = threading.Lock()\ndef add(n):\n    with lock: seen.add(n)\n"
                               "ts = [threading.Thread(target=add, args=(str(n),)) for n in range(2)]\n"
                               "for t in ts: t.start()\nfor t in ts: t.join()\nassert seen == {'0', '1'}",
    "arithmetic beside a set": "seen = {'a', *'bc'}\na, b = 3, 4\nprint(a - b, a & b, str(a | b), len(seen))\nrun('x')",
    "a hash of its own": "def hash(text): return len(text)\nrun('x')\nassert hash('abc') == 3",
    "a random that is seeded": "import random\nrandom.seed(7)\nnames = ['a', 'b']\nrandom.shuffle(names)\nrun(names)",
    "a Random of its own with a seed": "import random\nr = random.Random(5)\nrun('x')\nassert r.random() >= 0",
    "a date that is given": "from datetime import date, timedelta\nrun('x')\nassert (date(2026, 1, 1) + timedelta(days=1)).day == 2",
    "sleeping": "import time\ntime.sleep(1)\nrun('x')",
    "a given time": "import time\nrun('x')\nassert time.gmtime(0).tm_year == 1970",
    "names of files": "import os\nrun('x')\nassert os.path.join('a', 'b') == 'a/b'",
    "paths": "from pathlib import Path\nrun('x')\nassert Path('a/b').name == 'b'",
}


@pytest.mark.parametrize("name", DEPENDS)
def test_what_depends_on_more_than_the_order_of_threads_is_no_proof(name: str) -> None:
    report = Explorer(THREADS + DEPENDS[name]).run()
    assert report.verdict in ("clean", "inconclusive"), report.failure
    assert not report.exhausted
    assert report.reason


@pytest.mark.parametrize("name", DOES_NOT)
def test_what_depends_on_the_order_of_threads_alone_is_proved(name: str) -> None:
    report = Explorer(THREADS + DOES_NOT[name]).run()
    assert report.verdict == "clean", report
    assert report.exhausted, report.reason
