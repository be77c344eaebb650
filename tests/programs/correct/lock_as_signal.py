"""The `_thread` way to wait for a thread: it releases a lock that main took."""
import _thread

done = _thread.allocate_lock()
result = []


def work():
    result.append(5)
    done.release()


done.acquire()
_thread.start_new_thread(work, ())
done.acquire()
assert result == [5]
