"""Seal and index texts in a process of its own while the worker reads on: a roster has three
secrets a row, a payment file one number to match.

Run by itself this is that process. It gets the keys over its pipe and knows nothing else; it ends
when the pipe does. Each message is a length and then that many bytes, marshalled:
  in:   the two keys; then what is to be done, and lists of texts, each list a column
  out:  for each request the same columns, sealed or indexed

    with Sealer(seal_key, index_key) as sealer:
        sealer.send("seal", [["990101…", ""], ["138…", "139…"]])
        sealer.receive()          [[b"…", None], [b"…", b"…"]]
"""

import marshal
import os
import struct
import subprocess
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

KEY_NUMBER = 1
NONCE_BYTES = 12
LENGTH = struct.Struct("<Q")


def seal_each(key, texts):
    """Return each text sealed with SM4-GCM, None for an empty one.

    One byte of key number, twelve of nonce, the ciphertext, its tag; a column costs half of as many
    single calls.
    """
    algorithm = algorithms.SM4(key)
    head = bytes([KEY_NUMBER])
    nonces = os.urandom(NONCE_BYTES * len(texts))
    found = []
    for place, text in enumerate(texts):
        if not text:
            found.append(None)
            continue
        nonce = nonces[place * NONCE_BYTES : (place + 1) * NONCE_BYTES]
        encryptor = Cipher(algorithm, modes.GCM(nonce)).encryptor()
        body = encryptor.update(text.encode()) + encryptor.finalize()
        found.append(head + nonce + body + encryptor.tag)
    return found


def index_each(key, texts):
    """Return the blind index of each text, 32 bytes of HMAC-SM3; None for an empty text."""
    copy = HMAC(key, SM3()).copy
    found = []
    for text in texts:
        if not text:
            found.append(None)
            continue
        digest = copy()
        digest.update(text.encode())
        found.append(digest.finalize())
    return found


class Sealer:
    """The process, as a context: what was sent is received in turn, one request at a time."""

    def __init__(self, seal_key, index_key):
        self.keys = {"seal": seal_key, "index": index_key}

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-I", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        write_message(self.process.stdin, self.keys)
        return self

    def __exit__(self, *_fault):
        self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def send(self, deed, columns):
        """Ask for columns to be sealed ("seal") or indexed ("index")."""
        write_message(self.process.stdin, [deed, columns])

    def receive(self):
        return read_message(self.process.stdout)


def write_message(target, message):
    text = marshal.dumps(message)
    target.write(LENGTH.pack(len(text)))
    target.write(text)
    target.flush()


def read_message(source):
    """Return the next message; raises EOFError where the other side has ended."""
    length = source.read(LENGTH.size)
    if len(length) < LENGTH.size:
        raise EOFError("the other process has ended")
    # Our own program wrote it.
    return marshal.loads(source.read(LENGTH.unpack(length)[0]))  # noqa: S302


DEEDS = {"seal": seal_each, "index": index_each}


def main():
    source, target = sys.stdin.buffer, sys.stdout.buffer
    keys = read_message(source)
    try:
        while True:
            deed, columns = read_message(source)
            work = DEEDS[deed]
            write_message(target, [work(keys[deed], texts) for texts in columns])
    except EOFError:
        pass


if __name__ == "__main__":
    main()
