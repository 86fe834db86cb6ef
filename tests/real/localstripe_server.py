"""Runs localstripe on a free port of 127.0.0.1, in memory, until its standard input closes.

The one argument `--keep-keys` puts Stripe's documented idempotency in front of it, which localstripe lacks.
"""

import os
import socket
import sys
import threading

from aiohttp import web
from aiohttp.typedefs import Handler
from localstripe import resources, server  # type: ignore[import-untyped]

ANOTHER_REQUEST = {"error": {"type": "idempotency_error", "message": "other parameters than before"}}

kept: dict[str, tuple[bytes, web.Response]] = {}


@web.middleware
async def keep_keys(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a repeated key as Stripe documents it: as before, or by an error for another request."""
    key = request.headers.get("Idempotency-Key", "")
    if request.path == "/_config/data":
        kept.clear()
    if request.method != "POST" or not key:
        return await handler(request)
    asked = request.path.encode() + b"?" + await request.read()
    if key in kept:
        before, first = kept[key]
        if asked != before:
            return web.json_response(ANOTHER_REQUEST, status=400)
        return web.Response(body=first.body, status=first.status, content_type="application/json")
    answer = await handler(request)
    assert isinstance(answer, web.Response)
    kept[key] = asked, answer
    return answer


def _leave_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


def main() -> None:
    """Serve; the first line printed is the port."""
    # localstripe writes all it holds to a file of a fixed name, at every change.
    resources.Store.dump_to_disk = lambda _store: None
    if "--keep-keys" in sys.argv:
        server.app.middlewares.insert(0, keep_keys)
    # It listens from here on, so a client may connect as soon as it knows the port.
    listening = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    web.run_app(server.app, sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
