"""Secrets at rest: identity numbers, phones and uploaded files are sealed; matching uses a blind
index (商用密码 SM3, SM4).

`seal` is SM4-GCM: one byte of key number, twelve of nonce, then ciphertext with its tag, so that
keys can be renewed while old data stays readable. `blind_index` is HMAC-SM3: equal texts have equal
indexes, and without the key an index says nothing. The keys come from the environment; an embedded
portal makes its own on first start, outside the database.
"""

import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.db import models

from pension_portal.sealer import KEY_NUMBER, NONCE_BYTES, Sealer, index_each

TAG_BYTES = 16
SM4_KEY_BYTES = 16
SEAL_BYTES = 1 + NONCE_BYTES + TAG_BYTES  # what sealing adds


def seal(plain):
    """Return `plain` bytes sealed with the present key."""
    nonce = os.urandom(NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(_seal_key()), modes.GCM(nonce)).encryptor()
    body = encryptor.update(plain) + encryptor.finalize()
    return bytes([KEY_NUMBER]) + nonce + body + encryptor.tag


def sealer():
    """Return a Sealer: a process that seals and indexes columns while this one goes on."""
    return Sealer(_seal_key(), _index_key())


def unseal(sealed):
    """Return the plain bytes; a changed or foreign text raises
    `cryptography.exceptions.InvalidTag`.
    """
    sealed = bytes(sealed)
    assert sealed[0] == KEY_NUMBER, "sealed with a key that this portal does not hold"
    nonce, body, tag = sealed[1:13], sealed[13:-TAG_BYTES], sealed[-TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(_seal_key()), modes.GCM(nonce, tag)).decryptor()
    return decryptor.update(body) + decryptor.finalize()


def _seal_key():
    return bytes.fromhex(settings.SEAL_KEY)[:SM4_KEY_BYTES]


def blind_index(text):
    """Return the 32-byte blind index of a text; the same text always has the same one."""
    return blind_indexes([text])[0]


def blind_indexes(texts):
    """Return the blind index of each text; None for an empty text."""
    return index_each(_index_key(), texts)


def _index_key():
    return bytes.fromhex(settings.INDEX_KEY)


class SealedTextField(models.BinaryField):
    """A text that is stored sealed and read as text; it cannot be searched, its blind index can."""

    def get_prep_value(self, value):
        return None if value is None else seal(value.encode())

    def get_db_prep_value(self, value, connection, prepared=False):
        return super().get_db_prep_value(
            value if prepared else self.get_prep_value(value), connection, prepared=True
        )

    def from_db_value(self, value, expression, connection):
        return None if value is None else unseal(value).decode()

    def to_python(self, value):
        return value

    def value_to_string(self, obj):
        return self.value_from_object(obj)
