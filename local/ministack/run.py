"""Runs the patched MiniStack until SIGTERM, or until whoever started it is gone: run.py PREFERRED_PORT ANY_PORT

PREFERRED_PORT is tried first; where it is taken and ANY_PORT is 1, the system picks a free one. The first line on
stdout is `port N`: the port is bound by then and belongs to nobody else. Standard input is a pipe that the starter
holds open; its end means that the starter has died, and then this process and all of its Lambda workers must not live
on.
"""

import asyncio
import errno
import os
import signal
import socket
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

PORT_TAKEN, PATCH_FAILED = 20, 21


def bind(port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def claim(preferred, any_port):
    try:
        return bind(preferred)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        if not any_port:
            print(f"Port {preferred} on 127.0.0.1 is taken: {error.strerror}", file=sys.stderr)
            sys.exit(PORT_TAKEN)
    return bind(0)


def die_with_starter():
    def watch():
        while os.read(0, 4096):
            pass
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpid(), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, name="starter-watch", daemon=True).start()


async def serve(listener):
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack.app import app

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    # Read while MiniStack was imported; left there, it would set the functions' own log level.
    config.loglevel = os.environ.pop("LOG_LEVEL", "WARNING")
    await hypercorn_serve(app, config)


def main():
    die_with_starter()
    listener = claim(int(sys.argv[1]), sys.argv[2] == "1")
    # MiniStack reads the port once, while it is imported, to tell the Lambdas where their AWS is.
    os.environ["GATEWAY_PORT"] = str(listener.getsockname()[1])
    import patching
    from patches import apply_all

    try:
        apply_all()
    except patching.PatchError as error:
        print(error, file=sys.stderr)
        sys.exit(PATCH_FAILED)
    print(f"port {os.environ['GATEWAY_PORT']}", flush=True)
    asyncio.run(serve(listener))


if __name__ == "__main__":
    main()
