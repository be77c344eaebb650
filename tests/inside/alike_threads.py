"""Programs about threads, pools, signals and endings that say the same whatever the schedule is."""

from __future__ import annotations

THREADS: dict[str, str] = {
    "timers": '''
seen = []
timer = threading.Timer(0.01, seen.append, ["fired"])
print(timer.name, timer.daemon, timer.interval, timer.is_alive())
timer.start(); timer.join()
print(seen, timer.finished.is_set())
never = threading.Timer(60, seen.append, ["never"])
never.start(); never.cancel(); never.join()
print(seen, never.is_alive())
never.cancel()
attempt(never.start)
early = threading.Timer(0.01, print, kwargs={"end": "early"})
early.cancel()
early.start(); early.join()
bad = threading.Timer("x", print)
threading.excepthook = lambda args: print("hook", args.exc_type.__name__, args.exc_value, args.thread.name)
bad.start(); bad.join()
''',
    "thread_misuse": '''
t = threading.Thread(target=print, args=("ran",), name="worker")
attempt(t.join)
print(t.is_alive(), t.ident, t.native_id, t.daemon)
t.start(); t.join()
attempt(t.start)
attempt(t.join); attempt(t.join, 0); attempt(t.join, -1)
attempt(lambda: setattr(t, "daemon", True))
attempt(threading.current_thread().join)
attempt(threading.main_thread().start)
print(t.is_alive(), type(t.ident), type(t.native_id), t.name)
attempt(threading.Thread, group=1)
attempt(threading.Thread, print)
attempt(threading.Thread, daemon="x")
def self_join(): attempt(threading.current_thread().join)
run(self_join)
def sets_daemon(): attempt(lambda: setattr(threading.current_thread(), "daemon", True))
run(sets_daemon)
class NoInit(threading.Thread):
    def __init__(self): pass
attempt(NoInit().start); attempt(NoInit().join); attempt(lambda: NoInit().name); attempt(lambda: NoInit().daemon)
attempt(t.join, "soon")
gate = threading.Event()
late = threading.Thread(target=gate.wait)
late.start()
attempt(late.join, 0.001); print(late.is_alive()); attempt(late.join, 1e300); gate.set(); late.join(); print(late.is_alive())
''',
    "thread_names": '''
print(threading.Thread().name, threading.Thread(target=print).name, threading.Thread(name=7).name)
def work(): print(threading.current_thread().name)
t = threading.Thread(target=work); t.name = "renamed"; print(t.name); t.start(); t.join()
print(threading.current_thread().name, threading.main_thread() is threading.current_thread(), threading.active_count())
print([each.name for each in threading.enumerate()])
def dummy():
    me = threading.current_thread()
    print(type(me).__name__, me.daemon, me.is_alive(), me.name.startswith("Dummy-"))
    attempt(me.join)
    done.set()
done = threading.Event()
_thread.start_new_thread(dummy, ())
done.wait()
print(re.sub(r"\\d{5,}|\\b\\d\\)", "N", repr(threading.Thread(name="new"))))
print(threading.get_ident() == threading.main_thread().ident, type(threading.get_native_id()))
print(threading.get_native_id() == threading.main_thread().native_id)
idents = []
run(lambda: idents.append(threading.get_ident()))
print(idents[0] != threading.get_ident())
''',
    "exceptions_in_threads": '''
def hook(args):
    print("hook", args.exc_type.__name__, args.exc_value, args.thread.name, args.exc_traceback is not None)
threading.excepthook = hook
def fails(): raise LookupError("no such thing")
def leaves(): sys.exit(3)
def leaves_too(): _thread.exit()
def stops(): raise SystemExit("words")
def interrupts(): raise KeyboardInterrupt
for function in (fails, leaves, leaves_too, stops, interrupts):
    run(function)
threading.excepthook = threading.__excepthook__
sys.stderr = sys.stdout
def shown(): raise ValueError("shown")
t = threading.Thread(target=lambda: attempt(shown), name="quiet"); t.start(); t.join()
def bad_hook(args): raise OSError("the hook itself")
threading.excepthook = bad_hook
sys.excepthook = lambda kind, value, traceback: print("sys hook", kind.__name__, value)
run(fails)
attempt(threading.ExceptHookArgs, (1, 2))
threading.excepthook = threading.__excepthook__
attempt(threading.excepthook, 5)
print(threading.excepthook(threading.ExceptHookArgs((SystemExit, SystemExit(1), None, None))))
''',
    "raw_threads": '''
attempt(_thread.start_new_thread, 5, ())
attempt(_thread.start_new_thread, print, [])
attempt(_thread.start_new_thread, print, (), [])
attempt(_thread.start_joinable_thread, 5)
attempt(_thread.start_joinable_thread, print, 5)
sys.unraisablehook = lambda args: print("unraisable", args.exc_type.__name__, args.exc_value, args.object, args.err_msg.partition(" at 0x")[0])
done = threading.Event()
def fails(*args, **kwargs):
    print(args, kwargs); done.set(); raise KeyError("raw")
_thread.start_new_thread(fails, (1, 2), {"three": 3})
done.wait()
while _thread._count(): time.sleep(0.001)
attempt(_thread.stack_size, -1); attempt(_thread.stack_size, 100); attempt(_thread.stack_size, 262144)
attempt(_thread.stack_size); attempt(_thread.stack_size, 0); attempt(threading.stack_size)
attempt(_thread.exit)
handle = _thread.start_joinable_thread(lambda: None)
print(handle.join(), handle.is_done(), handle.join(0))
attempt(_thread._ThreadHandle().join)
attempt(handle.join, "x")
print(_thread.get_ident() == threading.main_thread().ident, _thread.daemon_threads_allowed(), _thread.TIMEOUT_MAX == threading.TIMEOUT_MAX)
attempt(_thread.interrupt_main, 2000)
attempt(_thread.interrupt_main)
''',
    "signals": '''
import signal
print(signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGUSR1))
def handler(number, frame): print("handled", signal.Signals(number).name, frame is not None)
attempt(signal.signal, signal.SIGUSR1, handler)
attempt(signal.raise_signal, signal.SIGUSR1)
attempt(_thread.interrupt_main, signal.SIGUSR1)
print(signal.signal(signal.SIGUSR1, signal.SIG_IGN) is handler)
attempt(signal.raise_signal, signal.SIGUSR1)
attempt(signal.signal, 0, handler); attempt(signal.signal, 1000, handler); attempt(signal.signal, signal.SIGUSR1, "x")
attempt(signal.signal, signal.SIGKILL, handler)
attempt(signal.raise_signal, signal.SIGINT)
attempt(signal.getsignal, 0)
def elsewhere(): attempt(signal.signal, signal.SIGUSR1, handler)
run(elsewhere)
''',
    "pools": '''
pool = ThreadPoolExecutor(2, thread_name_prefix="p")
attempt(pool.submit(divmod, 7, 2).result); attempt(pool.submit(divmod, 7, 0).result); attempt(pool.submit(divmod, 7, 0).exception)
gate = threading.Event()
blocked = [pool.submit(gate.wait) for _ in range(2)]
waiting = pool.submit(print, "never")
attempt(blocked[0].result, 0.001); attempt(waiting.result, 0)
print(waiting.cancel(), waiting.cancelled(), waiting.done(), waiting.running(), waiting.cancel())
attempt(waiting.result); attempt(waiting.exception)
more = pool.submit(print, "never either")
try:
    for _ in as_completed(blocked, timeout=0.001): pass
except TimeoutError as error: print(error)
done, pending = wait(blocked + [more], timeout=0.001)
print(len(done), len(pending))
pool.shutdown(wait=False, cancel_futures=True)
attempt(pool.submit, print)
print(more.cancelled())
gate.set()
pool.shutdown()
print([future.result() for future in blocked], done == set())
attempt(ThreadPoolExecutor, 0); attempt(ThreadPoolExecutor, -1); attempt(ThreadPoolExecutor, initializer=5)
with ThreadPoolExecutor(3) as pool:
    print(list(pool.map(pow, [2, 3, 4], [3, 2, 1])))
    attempt(lambda: list(pool.map(lambda x: 1 // x, [1, 0, 2])))
    first = wait([pool.submit(int, "x"), pool.submit(int, "1")], return_when=ALL_COMPLETED)
    print(len(first.done), len(first.not_done))
    print(sorted(f.result() for f in as_completed([pool.submit(abs, -n) for n in range(4)])))
    attempt(wait, [Future()], return_when="SOME", timeout=0)
import logging; logging.disable(logging.CRITICAL)
bad = ThreadPoolExecutor(1, initializer=lambda: 1 // 0)
attempt(bad.submit(print, "x").result)
attempt(bad.submit, print, "y")
bad.shutdown()
kept = []
with ThreadPoolExecutor(1, initializer=lambda tag: kept.append(tag), initargs=("begun",)) as pool:
    pool.submit(kept.append, "task").add_done_callback(lambda f: kept.append(f.done()))
print(kept)
def leaves(): sys.exit(4)
with ThreadPoolExecutor(1) as pool: attempt(pool.submit(leaves).result); attempt(pool.submit(lambda: threading.current_thread().name).result)
future = Future()
attempt(future.result, 0); future.set_result(1); attempt(future.set_result, 2); attempt(future.set_exception, KeyError()); print(future.result())
''',
    "tracing": '''
calls = []
def trace(frame, event, arg):
    if frame.f_code.co_name == "traced": calls.append(event)
    return trace
def traced(): return 5
threading.settrace(trace)
print(threading.gettrace() is trace)
run(traced)
threading.settrace(None)
run(traced)
print(calls)
profiled = []
threading.setprofile(lambda frame, event, arg: profiled.append(event) if frame.f_code.co_name == "traced" else None)
run(traced)
threading.setprofile(None)
print(profiled)
''',
    "daemons_at_the_end": '''
import atexit
def forever():
    while True: time.sleep(1000)
threading.Thread(target=forever, daemon=True).start()
def last():
    release.wait(); print("last words of", threading.current_thread().name, threading.main_thread().is_alive())
release = threading.Event()
threading.Thread(target=last, name="slow").start()
threading._register_atexit(release.set)
threading._register_atexit(print, "threading's atexit")
print("main is over")
''',
    "starting_late": '''
def spawner(): release.wait(); t = threading.Thread(target=print, args=("grandchild",)); t.start()
release = threading.Event()
threading._register_atexit(release.set)
threading.Thread(target=spawner).start()
print("main is over")
''',
    "context": '''
import contextvars
v = contextvars.ContextVar("v", default="unset")
v.set("main")
run(lambda: print(v.get()))
with ThreadPoolExecutor(1) as pool: print(pool.submit(v.get).result())
print(v.get(), contextvars.copy_context()[v])
run(lambda: v.set("x")); print(v.get())
''',
    "exit_code_of_main": '''
release = threading.Event()
threading._register_atexit(release.set)
def later(): release.wait(); print("later")
threading.Thread(target=later).start()
print("leaving")
sys.exit(0)
''',
}
