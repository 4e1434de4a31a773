"""Run a program of Python as `python -m` would, and end it when the process that started it dies.

    python -m pension_portal.leash celery worker …      with a pipe as standard input

The pipe is the leash: its other end closes with the starter, even one that was killed, and the
program then gets the same SIGTERM it would have got from it.
"""

import os
import runpy
import signal
import sys
import threading


def _follow_the_starter():
    # Straight from the descriptor: sys.stdin's lock would disturb the program as it ends.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_follow_the_starter, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
