"""What any application has to do before it answers Slack: look at the signature, and no more."""

import time

import uvicorn
from starlette.types import Receive, Scope, Send

from adapters.slack.signature import is_genuine, read_seal
from tests.contract.drivers_slack import SECRET


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 200 to Slack and 401 to everybody else."""
    body = (await receive())["body"]
    seal = read_seal(scope["headers"])
    is_slack = seal is not None and is_genuine(seal, body, SECRET.encode(), time.time())
    headers = [(b"content-length", b"0")]
    status = 200 if is_slack else 401
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def serve(port: int) -> None:
    """Serve it until the process is ended."""
    uvicorn.run(app, host="127.0.0.1", port=port, lifespan="off", log_level="warning")
