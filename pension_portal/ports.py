"""Finding a free TCP port on this machine's loopback."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the ports that systems lend to outgoing connections: while a server is away, one of those
# (even its own clients' attempts to come back) could sit on its port.
LASTING_PORTS = range(15000, 30000)


def free_port(preferred=None):
    """Return the preferred port when it is free, otherwise one that a server can keep."""
    if preferred and is_free(preferred):
        return preferred
    return next(port for port in random.sample(LASTING_PORTS, 1000) if is_free(port))


def is_free(port):
    """Return whether a server could listen on the port now."""
    with socket.socket() as probe:
        # As the servers do: a port whose last connection is only fading away counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
