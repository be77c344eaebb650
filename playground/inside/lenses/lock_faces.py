"""The classes that stand in for the C lock types: `type`, `isinstance`, `repr`, pickling and attributes answer as those do."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FrameType, MemberDescriptorType
from typing import Any, NoReturn

from playground.inside import real
from playground.inside.things import Known

__builtins__ = real.builtins

type Method = Callable[..., Any]
type Maker = Callable[[FrameType, type], Any]


class _Face(type):
    """An instance of the C type is an instance of its stand-in."""

    _stands_for: type

    def __instancecheck__(cls, instance: object) -> bool:
        return type.__instancecheck__(cls, instance) or isinstance(instance, cls._stands_for)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return type.__subclasscheck__(cls, subclass) or subclass is cls._stands_for

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__qualname__}'>"

    def __getattribute__(cls, name: str) -> Any:
        """A slot asked of the class can be called with a lock, as the C type's methods can: ExitStack does so. `with` does not come here."""
        found = type.__getattribute__(cls, name)
        return _unbound(found) if type(found) is MemberDescriptorType and name in _CALLED else found


_CALLED = frozenset({"__enter__", "__exit__", "acquire", "release"})


@cache
def _unbound(slot: MemberDescriptorType) -> Method:
    def call(lock: object, /, *args: object, **keywords: object) -> object:
        return slot.__get__(lock)(*args, **keywords)

    call.__name__ = call.__qualname__ = slot.__name__
    return call


class Makers:
    """How a lock is made for a caller; `install` sets it, once in a process."""

    def __init__(self) -> None:
        self.lock: Maker = lambda _frame, _face: real.allocate_lock()
        self.rlock: Maker = lambda _frame, _face: real.RLockType()

    def allocate_lock(self) -> Any:
        """Create a new lock object. See help(type(threading.Lock())) for information about locks."""
        return self.lock(real.getframe(1), RecordedLock)


MAKERS = Makers()


class RecordedLock(metaclass=_Face):
    """A lock object is a synchronization primitive.  To create a lock, call threading.Lock()."""

    __slots__ = ("__enter__", "__exit__", "__weakref__", "_arm", "_known", "_raw", "acquire", "release")
    _stands_for: type = real.LockType
    __enter__: Callable[..., Any]
    __exit__: Callable[..., Any]
    acquire: Callable[..., Any]
    release: Callable[..., Any]
    _arm: Callable[[RecordedLock], None]
    _known: Known
    _raw: Any

    def __new__(cls) -> Any:
        """A recorded lock where the visitor's code asks, the C lock where the standard library does."""
        return MAKERS.lock(real.getframe(1), cls)

    def __init_subclass__(cls, **_keywords: object) -> None:
        if cls.__module__ != __name__:
            raise TypeError("type '_thread.lock' is not an acceptable base type")

    def __repr__(self) -> str:
        return f"{repr(self._raw).rpartition(' at ')[0]} at {id(self):#x}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"'{type(self).__module__}.{type(self).__qualname__}' object has no attribute '{name}'")
        return getattr(object.__getattribute__(self, "_raw"), name)

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError(f"cannot pickle '{type(self).__module__}.{type(self).__qualname__}' object")

    @property
    def acquire_lock(self) -> Any:
        """An obsolete synonym of acquire."""
        return self.acquire

    @property
    def release_lock(self) -> Any:
        """An obsolete synonym of release."""
        return self.release


class RecordedRLock(RecordedLock):
    """A lock that its owner may take again."""

    __slots__ = ()
    _stands_for = real.RLockType

    def __new__(cls, *args: object, **keywords: object) -> Any:
        """As for a lock; a subclass of the visitor's is always recorded."""
        return MAKERS.rlock(real.getframe(1), cls)

    def __init_subclass__(cls, **_keywords: object) -> None:
        return

    def _release_save(self) -> Any:
        return RESTORE.release_save(self)

    def _acquire_restore(self, state: tuple[int, int], /) -> None:
        RESTORE.acquire_restore(self, state)


_SET_ENTER, _SET_EXIT, _SET_ACQUIRE, _SET_RELEASE = (
    RecordedLock.__dict__[name].__set__ for name in ("__enter__", "__exit__", "acquire", "release"))


def put(lock: RecordedLock, enter: Method, leave: Method, acquire: Method, release: Method) -> None:
    """Fill the lock's slots; through the descriptors, because a subclass may have methods of these names."""
    _SET_ENTER(lock, enter)
    _SET_EXIT(lock, leave)
    _SET_ACQUIRE(lock, acquire)
    _SET_RELEASE(lock, release)


def is_thin(lock: RecordedLock) -> bool:
    """Whether it is the plain lock at the moment."""
    return bool(RecordedLock.__dict__["release"].__get__(lock) == lock._raw.release)


def is_recorded(lock: object) -> bool:
    """Whether it is one of ours and not the C lock that its class stands in for."""
    return RecordedLock in type(lock).__mro__


class Restore:
    """What `Condition.wait` does to its lock; `install` sets it."""

    def __init__(self) -> None:
        self.release_save: Callable[[RecordedRLock], Any] = lambda lock: lock._raw._release_save()
        self.acquire_restore: Callable[[RecordedRLock, Any], None] = lambda lock, state: lock._raw._acquire_restore(state)


RESTORE = Restore()


def named(cls: type, name: str) -> None:
    """The stand-in bears the C type's name."""
    cls.__module__, cls.__name__, cls.__qualname__ = "_thread", name, name
