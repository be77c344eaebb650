# /// scenario
# title = "The handshake"
# level = 1
# topic = "Waiting for a condition"
# primitive = "Event"
# minutes = 5
# story = "A client asks, a server answers, and each waits for the other by an Event. Two flags, raised and lowered in turn."
# try = [
#   "Run it: at any time one of the two works and the other one waits.",
#   "Set LOWER to False: a flag that stays up lets everybody through, so the two no longer take turns.",
#   "Set WORK_MS to 0: the handshake itself is all that is left.",
# ]
# expect = [{mode = "free", finding = "clean", within = 3}, {mode = "controlled", finding = "clean", within = 50}]
#
# [knobs]
# ROUNDS = {label = "rounds", low = 1, high = 20}
# WORK_MS = {label = "ms of work", low = 0, high = 50}
# LOWER = {label = "lower the flag again", choices = ["True", "False"]}
# ///
"""Client and server take turns by two events.

An event is a flag: wait lets a thread through once it is up, and it stays up
until somebody clears it. Whoever is let through lowers the flag it waited for.
"""
import time
from threading import Event, Thread

ROUNDS = 6
WORK_MS = 10
LOWER = True

asked = Event()
answered = Event()


def serve():
    for number in range(1, ROUNDS + 1):
        asked.wait()
        if LOWER:
            asked.clear()
        time.sleep(WORK_MS / 1000)
        print("server: answer", number)
        answered.set()


def ask():
    for number in range(1, ROUNDS + 1):
        print("client: question", number)
        asked.set()
        answered.wait()
        if LOWER:
            answered.clear()


server = Thread(target=serve, name="Server")
client = Thread(target=ask, name="Client")
server.start()
client.start()
client.join()
server.join()
