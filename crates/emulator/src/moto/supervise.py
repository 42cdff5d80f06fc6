"""Runs moto's server until standard input closes, so that it never outlives the process that started it.

Prints the port it listens on as its only line of output. Arguments: the names of the AWS managed policies
that exist; none means all that moto carries.
"""

import json
import os
import sys
import threading

os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

import moto.iam.models  # noqa: E402
from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server  # noqa: E402


class QuietRequestHandler(MotoRequestHandler):
    """Requests are recorded by the proxy; a log line for each would drown what matters."""

    def log_request(self, *_arguments):
        pass


def keep_managed_policies(names):
    every = json.loads(moto.iam.models.aws_managed_policies_data)
    missing = sorted(set(names) - set(every))
    if missing:
        sys.exit(f"moto carries no AWS managed policy named {', '.join(missing)}")
    moto.iam.models.aws_managed_policies_data = json.dumps({name: every[name] for name in names})


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


if sys.argv[1:]:
    keep_managed_policies(sys.argv[1:])
server = make_server(
    "127.0.0.1",
    0,
    DomainDispatcherApplication(create_backend_app),
    threaded=True,
    request_handler=QuietRequestHandler,
)
threading.Thread(target=end_with_parent, daemon=True).start()
print(server.server_port, flush=True)
server.serve_forever()
