"""Keep an uploaded file exactly as it came, sealed on disk, and give it back (原始文件).

The same bytes for the same purpose in the same county are one file: uploading them again finds the
first upload.
"""

import hashlib
import io
import os
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pension_portal.models import StoredFile
from pension_portal.refusals import Refusal
from pension_portal.secrecy import SEAL_BYTES, seal, unseal
from pension_portal.sheets import refuse_other_kinds

ROOM_FACTOR = 3
PIECE = 1024**2  # sealed piece by piece, so that a long text need never be in memory as a whole


class FileTooBig(Refusal):
    code = "file_too_big"
    sentence = _("文件 %(size)d MB，超过 %(most)d MB。按乡镇或日期拆成几个文件后再传。")
    status = 413


class FileIsEmpty(Refusal):
    code = "file_is_empty"
    sentence = _("「%(name)s」是空文件。回到导出的系统重新导出后再传。")
    status = 400


class DiskIsFull(Refusal):
    code = "disk_is_full"
    sentence = _("服务器剩余空间不足，文件没有保存，已入账数据不受影响。联系系统管理员清理后再传。")
    status = 507


def store_file(upload, *, county_code, purpose, by):
    """Return (file, is_new) for an uploaded file; the same bytes again return the first one.

    `upload` is Django's UploadedFile. Refuses FileIsEmpty, FileTooBig and DiskIsFull.
    """
    if not upload.size:
        raise FileIsEmpty(name=upload.name)
    if upload.size > settings.MAX_UPLOAD_BYTES:
        raise FileTooBig(size=upload.size >> 20, most=settings.MAX_UPLOAD_BYTES >> 20)
    return store_bytes(
        upload.read(),
        name=os.path.basename(upload.name),
        county_code=county_code,
        purpose=purpose,
        by=by,
    )


def store_table(upload, *, county_code, purpose, by):
    """Return (file, is_new) for an uploaded table; see `store_file`.

    Refuses also, before anything is stored, what `refuse_other_kinds` refuses.
    """
    if 0 < upload.size <= settings.MAX_UPLOAD_BYTES:
        refuse_other_kinds(upload.read(), os.path.basename(upload.name))
        upload.seek(0)
    return store_file(upload, county_code=county_code, purpose=purpose, by=by)


def store_bytes(content, *, name, county_code, purpose, by):
    """Return (file, is_new) for the bytes of a file; see `store_file`."""
    sha256 = hashlib.sha256(content).hexdigest()
    same = StoredFile.objects.filter(county_code=county_code, purpose=purpose, sha256=sha256)
    if found := same.first():
        return found, False
    stored_as = f"{county_code}/{uuid.uuid4().hex}"
    path = _path(stored_as)
    path.parent.mkdir(parents=True, exist_ok=True)
    _refuse_a_full_disk(path.parent, len(content))
    _write_durably(path, content)
    file, is_new = StoredFile.objects.get_or_create(
        county_code=county_code,
        purpose=purpose,
        sha256=sha256,
        defaults={
            "name": name[-255:],
            "size": len(content),
            "stored_as": stored_as,
            "stored_by": by,
        },
    )
    if not is_new:
        path.unlink()
    return file, is_new


def read_file(file):
    """Return the bytes of a stored file as they were uploaded."""
    with open_file(file) as stream:
        return stream.read()


def forget_file(file):
    """Take a stored file away for good, its row with the transaction and its bytes after it."""
    path = _path(file.stored_as)
    file.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


class Stored:
    """What `open_sheets` takes in place of the bytes: a stored file, to be opened as often as one
    likes.
    """

    def __init__(self, file):
        self.file, self.size = file, file.size

    def open(self):
        return open_file(self.file)


def open_file(file):
    """Return a stored file as a binary stream that is read from its start to its end."""
    return io.BufferedReader(Unsealed(_path(file.stored_as), file.sha256), PIECE)


class Unsealed(io.RawIOBase):
    """A sealed file, unsealed piece by piece; at its end it must be what was once uploaded."""

    def __init__(self, path, sha256):
        self.sealed = path.open("rb")
        self.sha256 = sha256
        self.digest = hashlib.sha256()
        self.piece = memoryview(b"")

    def readable(self):
        return True

    def readinto(self, room):
        if not self.piece:
            self.piece = memoryview(self._next_piece())
        count = min(len(room), len(self.piece))
        room[:count], self.piece = self.piece[:count], self.piece[count:]
        return count

    def _next_piece(self):
        sealed = self.sealed.read(PIECE + SEAL_BYTES)
        if not sealed:
            assert self.digest.hexdigest() == self.sha256, "a stored file has changed on disk"
            return b""
        piece = unseal(sealed)
        self.digest.update(piece)
        return piece

    def close(self):
        self.sealed.close()
        super().close()


def _path(stored_as):
    return Path(settings.FILES_FOLDER) / stored_as


def _refuse_a_full_disk(folder, size):
    room = os.statvfs(folder)
    if room.f_bavail * room.f_frsize < ROOM_FACTOR * size:
        raise DiskIsFull()


def _write_durably(path, content):
    """Write a file sealed, and flush it and its folder entry, so that a row never points at nothing
    after a crash.
    """
    with open(path, "xb") as sealed:
        os.chmod(path, 0o600)
        for place in range(0, len(content), PIECE):
            sealed.write(seal(content[place : place + PIECE]))
        sealed.flush()
        os.fsync(sealed.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
