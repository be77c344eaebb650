"""What reduction at `access` finds is all that blind walks at `bytecode` ever see: an oracle that shares no dependence relation with it."""

from __future__ import annotations

import pytest

from playground.inside.beneath.greenlets import Greenlets
from playground.inside.execution import Execution
from playground.search.dpor import Dpor
from playground.search.random_walk import RandomWalk
from playground.search.strategy import Strategy

TWO = """
import threading
def _go(*bodies):
    threads = [threading.Thread(target=body) for body in bodies]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
"""
PROGRAMS = {
    "global": """
x = 0
def f():
    global x
    x += 1
_go(f, f)
print(x)
""",
    "closure": """
def main():
    x = 0
    def f():
        nonlocal x
        x += 1
    _go(f, f)
    print(x)
main()
""",
    "attribute": """
class P: pass
p = P()
p.v = 0
def f():
    p.v += 1
_go(f, f)
print(p.v)
""",
    "slots": """
class P:
    __slots__ = ('v',)
p = P()
p.v = 0
def f():
    p.v += 1
_go(f, f)
print(p.v)
""",
    "class attribute": """
class P:
    v = 0
def f():
    P.v += 1
_go(f, f)
print(P.v)
""",
    "class attribute through an instance": """
class P:
    v = 0
p = P()
def f():
    P.v = P.v + 1
def g():
    print(p.v)
_go(f, g)
print(P.v)
""",
    "method": """
class P:
    def __init__(self):
        self.v = 0
    def add(self):
        seen = self.v
        self.v = seen + 1
p = P()
_go(p.add, p.add)
print(p.v)
""",
    "property": """
class P:
    _v = 0
    @property
    def v(self):
        return self._v
p = P()
def f():
    p._v = p.v + 1
_go(f, f)
print(p._v)
""",
    "item": """
d = {'a': 0}
def f():
    d['a'] += 1
_go(f, f)
print(d)
""",
    "list item": """
d = [0, 0]
def f():
    d[0] += 1
    d[-1] += 1
_go(f, f)
print(d)
""",
    "two keys": """
d = {}
def f():
    d['a'] = 1
    print(len(d))
def g():
    d['b'] = 2
    print(len(d))
_go(f, g)
print(sorted(d))
""",
    "list methods": """
d = []
def f():
    d.append(1)
    d.append(2)
def g():
    d.append(3)
_go(f, g)
print(d)
""",
    "bound method kept": """
d = []
add = d.append
def f():
    add(1)
    add(2)
def g():
    add(3)
_go(f, g)
print(d)
""",
    "check then act": """
d = set()
n = []
def f():
    if 1 not in d:
        d.add(1)
        n.append(1)
_go(f, f)
print(len(n))
""",
    "truth of a list": """
d = []
out = []
def f():
    if not d:
        out.append('empty')
def g():
    d.append(1)
_go(f, g)
print(out)
""",
    "iteration": """
d = [1, 2]
out = []
def f():
    for each in d:
        out.append(each)
def g():
    d.append(3)
_go(f, g)
print(out)
""",
    "comprehension": """
d = [1, 2]
out = []
def f():
    out.append([each for each in d])
def g():
    d[0] = 9
_go(f, g)
print(out)
""",
    "unpacking": """
d = [1, 2]
out = []
def f():
    a, b = d
    out.append((a, b))
def g():
    d[0] = 9
_go(f, g)
print(out)
""",
    "in-place concatenation": """
d = [0]
def f():
    e = d
    e += [1]
def g():
    d.append(len(d))
_go(f, g)
print(d)
""",
    "comparison": """
d = [1]
out = []
def f():
    out.append(d == [1])
def g():
    d[0] = 2
_go(f, g)
print(out)
""",
    "slice": """
d = [1, 2]
out = []
def f():
    out.append(d[:])
def g():
    d[1:] = [5, 6]
_go(f, g)
print(out)
""",
    "f-string": """
d = [1]
out = []
def f():
    out.append(f'{d}')
def g():
    d.append(2)
_go(f, g)
print(out)
""",
    "nested containers": """
d = {'a': [0]}
def f():
    d['a'][0] += 1
_go(f, f)
print(d)
""",
    "objects in a list": """
class P: pass
d = [P(), P()]
d[0].v = d[1].v = 0
def f():
    for p in d:
        p.v += 1
_go(f, f)
print([p.v for p in d])
""",
    "returned list": """
d = []
def get():
    return d
def f():
    get().append(1)
def g():
    print(len(get()))
_go(f, g)
""",
    "setattr": """
class P: pass
p = P()
p.v = 0
def f():
    setattr(p, 'v', p.v + 1)
_go(f, f)
print(p.v)
""",
    "next": """
import itertools
c = itertools.count()
out = {}
def f():
    out['f'] = next(c)
def g():
    out['g'] = next(c)
_go(f, g)
print(out['f'], out['g'])
""",
    "heapq": """
import heapq
h = []
out = []
def f():
    heapq.heappush(h, 2)
def g():
    out.append(list(h))
_go(f, g)
print(out)
""",
    "dict.get": """
d = {}
def f():
    d['n'] = d.get('n', 0) + 1
_go(f, f)
print(d)
""",
    "defaultdict": """
from collections import defaultdict
d = defaultdict(int)
def f():
    d['n'] += 1
_go(f, f)
print(dict(d))
""",
    "deque": """
from collections import deque
d = deque([1, 2])
out = []
def f():
    out.append(d.popleft())
_go(f, f)
print(out)
""",
    "rebinding a global list": """
d = []
def f():
    global d
    d = d + [1]
_go(f, f)
print(d)
""",
    "late module name": """
import threading
def f():
    print('late' in globals())
t = threading.Thread(target=f)
t.start()
late = 1
t.join()
""",
    "lock": """
lock = threading.Lock()
x = 0
def f():
    global x
    with lock:
        x += 1
    print(x)
_go(f, f)
""",
    "try-lock": """
lock = threading.Lock()
out = []
def f():
    if lock.acquire(False):
        out.append('got')
        lock.release()
    else:
        out.append('not')
_go(f, f)
print(out)
""",
    "event": """
e = threading.Event()
out = []
def f():
    out.append(e.is_set())
def g():
    e.set()
_go(f, g)
print(out)
""",
    "timed wait": """
e = threading.Event()
out = []
def f():
    out.append(e.wait(1))
def g():
    e.set()
_go(f, g)
print(out)
""",
    "semaphore": """
s = threading.Semaphore(1)
out = []
def f():
    out.append(s.acquire(blocking=False))
    s.release()
_go(f, f)
print(out)
""",
    "queue": """
import queue
q = queue.Queue()
out = []
def f():
    q.put(1)
    q.put(2)
def g():
    out.append(q.qsize())
    out.append(q.get())
_go(f, g)
print(out)
""",
    "condition": """
c = threading.Condition()
out = []
ready = False
def f():
    with c:
        while not ready:
            c.wait()
        out.append('f')
def g():
    global ready
    with c:
        ready = True
        c.notify()
    out.append('g')
_go(f, g)
print(out)
""",
    "is_alive": """
out = []
def f():
    pass
t = threading.Thread(target=f)
t.start()
out.append(t.is_alive())
t.join()
print(out)
""",
    "sleep": """
import time
out = []
def f():
    time.sleep(1)
    out.append('f')
def g():
    time.sleep(2)
    out.append('g')
_go(f, g)
print(out)
""",
}


def outcomes(source: str, granularity: str, strategy: Strategy, most: int) -> tuple[set[tuple[str, str, str]], set[str]]:
    execution = Execution(source, "program.py", granularity, Greenlets())
    seen: set[tuple[str, str, str]] = set()
    unproven: set[str] = set()
    try:
        while most and strategy.begin():
            most -= 1
            outcome = execution.run(strategy)
            if outcome.verdict != "pruned":
                last = outcome.output if outcome.verdict == "clean" else ""
                seen.add((outcome.verdict, outcome.error, "\n".join(sorted(last.splitlines()))))
            unproven.update(outcome.unproven)
    finally:
        execution.close()
    return seen, unproven


@pytest.mark.parametrize("name", PROGRAMS)
def test_reduction_sees_every_outcome_that_blind_walks_see(name: str) -> None:
    source = TWO + PROGRAMS[name]
    dpor = Dpor(3_000)
    reduced, unproven = outcomes(source, "access", dpor, 3_000)
    assert dpor.complete
    blind, _ = outcomes(source, "bytecode", RandomWalk(7, 400), 400)
    assert blind <= reduced or unproven, (blind - reduced)
