"""gunicorn's settings: one process of many threads, on loopback unless THREADPLAY_HOST says otherwise.

One process, because runs, queue and logs live in it. `gunicorn -c web/gunicorn.conf.py "web:create_app()"`.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from web.config import Config
from web.logs import settings
from web.parts import worker_ready

_config = Config.from_environ()

bind = f"[{_config.host}]:{_config.port}" if ":" in _config.host else f"{_config.host}:{_config.port}"
workers = 1
worker_class = "web.worker.GuardedWorker"
threads = _config.threads
worker_connections = _config.threads + 1_000
timeout = 60
graceful_timeout = 8
keepalive = 15
forwarded_allow_ips = ",".join(_config.trusted_proxies) or "255.255.255.255"
forwarder_headers = ""
control_socket_disable = True
logconfig_dict = settings(_config.log)
post_worker_init = worker_ready
