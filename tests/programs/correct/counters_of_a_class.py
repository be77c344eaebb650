import threading


class Server:
    served = 0
    lock = threading.Lock()

    def serve(self):
        with Server.lock:
            Server.served += 1


servers = [Server(), Server()]
threads = [threading.Thread(target=server.serve) for server in servers]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert Server.served == 2
