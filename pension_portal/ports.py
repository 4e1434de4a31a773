"""Finding a free TCP port on this machine's loopback."""

import socket

LOOPBACK = "127.0.0.1"


def free_port(preferred=0):
    """Return the preferred port when it is free, otherwise any free one."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            # As the servers do: a port whose last connection is only fading away counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise OSError("no free port on the loopback interface")
