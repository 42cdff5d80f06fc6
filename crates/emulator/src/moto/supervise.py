"""Runs moto's server until standard input closes, so that it never outlives the process that started it.

Prints the port it listens on as its only line of output. Arguments: the names of the AWS managed policies
that exist; none means all that moto carries.
"""

import json
import os
import sys
import threading

os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

import moto.iam.access_control  # noqa: E402
import moto.iam.models  # noqa: E402
import moto.s3.responses  # noqa: E402
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


# IAM actions that moto's access control lacks or calls otherwise; for an unknown one it asks for s3:ListBucket.
S3_ACTIONS = {
    "encryption": "GetEncryptionConfiguration",
    "object-lock": "GetBucketObjectLockConfiguration",
    "ownershipControls": "GetBucketOwnershipControls",
    "publicAccessBlock": "GetBucketPublicAccessBlock",
    "replication": "GetReplicationConfiguration",
    "requestPayment": "GetBucketRequestPayment",
}
S3_CONTROL_ACTIONS = {"GetPublicAccessBlock": "GetAccountPublicAccessBlock"}


def name_actions_as_aws():
    moto.s3.responses.ACTION_MAP["BUCKET"]["GET"].update(S3_ACTIONS)
    request = moto.iam.access_control.IAMRequest
    create = request.__init__

    def create_with_aws_name(self, *, path, action, **rest):
        if path.startswith("/v20180820/"):
            action = S3_CONTROL_ACTIONS.get(action, action)
        create(self, path=path, action=action, **rest)

    request.__init__ = create_with_aws_name


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


if sys.argv[1:]:
    keep_managed_policies(sys.argv[1:])
name_actions_as_aws()
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
