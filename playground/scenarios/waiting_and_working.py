# /// scenario
# title = "Waiting is cheap, working is not"
# level = 1
# topic = "First threads"
# primitive = "Thread"
# minutes = 4
# story = "Some threads wait for an answer, some compute. The waiting overlaps; with the GIL the computing takes turns."
# try = [
#   "Run it: the downloads all wait at once, the sums hand the GIL round every 5 ms.",
#   "Set DOWNLOADS to 8 and SUMS to 0: eight waits take as long as one.",
#   "Set SUMS to 4 and DOWNLOADS to 0: on a build with the GIL four sums take four times as long as one.",
# ]
# expect = [{mode = "free", finding = "clean", within = 3}]
#
# [knobs]
# DOWNLOADS = {label = "downloads", low = 0, high = 8}
# SUMS = {label = "sums", low = 0, high = 6}
# ///
"""Threads that wait beside threads that compute.

A thread that waits for the outside world lets go of the GIL, so many can wait
at once. A thread that computes needs the GIL for every line it runs.
"""
import os
import time
from threading import Thread

DOWNLOADS = 3
SUMS = 2


def download(answer):
    size = len(os.read(answer, 100))  # waits in the kernel, without the GIL
    print("downloaded", size, "bytes")


def add_up(squares=400_000):
    total = 0
    for number in range(squares):
        total += number * number
    print("the sum is", total)


start = time.perf_counter()
pipes = [os.pipe() for _ in range(DOWNLOADS)]
threads = [Thread(target=download, args=(pipe[0],), name=f"Download-{n}") for n, pipe in enumerate(pipes, 1)]
threads += [Thread(target=add_up, name=f"Sum-{n + 1}") for n in range(SUMS)]
for thread in threads:
    thread.start()
time.sleep(0.15)  # the server far away takes its time, then answers everybody
for _, server in pipes:
    os.write(server, b"a page full of words")
for thread in threads:
    thread.join()
print(f"all done after {time.perf_counter() - start:.2f} s")
