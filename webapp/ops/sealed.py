"""A file that only the holder of a key can read or make: what a backup is written in where a key is set.

After the head come chunks, each encrypted and authenticated (AES-256-GCM) under a key of this file's own, which is
derived (HKDF-SHA256) from the backup key and the salt in the head. The nonce is the chunk's number and whether it is
the last one (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015, as age uses it), so a chunk that
was changed, moved, doubled or cut off is refused when it is read, and nothing of it is ever handed on.
"""

import hashlib
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..core.errors import N_, Refused

MAGIC = b"wangge-sealed 1\n"
ID_BYTES, SALT_BYTES, TAG_BYTES = 8, 32, 16
HEAD_BYTES = len(MAGIC) + ID_BYTES + SALT_BYTES
CHUNK = 2**16
BROKEN = N_("The backup %(file)s is damaged or was cut short. Nothing was changed. Take another one.")
OTHER_KEY = N_(
    "The backup %(file)s is encrypted, and none of the keys here opens it (it needs key %(key)s). Put the key it was "
    "made with into the file of backup keys."
)


def name_of(key: bytes) -> str:
    """What a key is called where it must not be shown."""
    return hashlib.sha256(b"name of a backup key\n" + key).hexdigest()[: 2 * ID_BYTES]


def is_sealed(file: Path) -> bool:
    """Whether a file begins as a sealed one does."""
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def key_of(file: Path) -> str:
    """The name of the key that a sealed file was made with, as its head says."""
    with file.open("rb") as opened:
        return opened.read(HEAD_BYTES)[len(MAGIC) : len(MAGIC) + ID_BYTES].hex()


def _cipher(key: bytes, head: bytes) -> AESGCM:
    salt = head[-SALT_BYTES:]
    return AESGCM(HKDF(SHA256(), 32, salt, info=head[:-SALT_BYTES]).derive(key))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes([is_last])


class Sealing:
    """Writes into a file what it is given, sealed; without the last chunk, which ``close`` writes, it is not whole."""

    def __init__(self, file: IO[bytes], key: bytes):
        self._file, self._held, self._number = file, bytearray(), 0
        head = MAGIC + bytes.fromhex(name_of(key)) + os.urandom(SALT_BYTES)
        self._cipher = _cipher(key, head)
        file.write(head)

    def write(self, data: bytes) -> int:
        """Take more; a chunk is held back until it is known not to be the last."""
        self._held += data
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), is_last=False)
            del self._held[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk. The file below stays open."""
        self._put(bytes(self._held), is_last=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last), chunk, None))
        self._number += 1


class _Unsealing(io.RawIOBase):
    """The content of a sealed file, to be read from any place; never more than a chunk of it is held."""

    def __init__(self, file: IO[bytes], cipher: AESGCM, name: str):
        self._file, self._cipher, self._name = file, cipher, name
        sealed = file.seek(0, os.SEEK_END) - HEAD_BYTES
        if sealed < TAG_BYTES:
            raise Refused(BROKEN, file=name)
        self._last = max(0, -(-sealed // (CHUNK + TAG_BYTES)) - 1)
        self._size = sealed - (self._last + 1) * TAG_BYTES
        self._at, self._held, self._chunk = 0, -1, b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place of the content."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        """The next bytes of the chunk in which we stand; none at the end."""
        if self._at >= self._size and self._held >= 0:
            return 0
        number, start = divmod(self._at, CHUNK)
        part = self._opened(min(number, self._last))[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _opened(self, number: int) -> bytes:
        if number != self._held:
            self._file.seek(HEAD_BYTES + number * (CHUNK + TAG_BYTES))
            sealed = self._file.read(CHUNK + TAG_BYTES)
            try:
                self._chunk = self._cipher.decrypt(_nonce(number, number == self._last), sealed, None)
            except InvalidTag as error:
                raise Refused(BROKEN, file=self._name) from error
            self._held = number
        return self._chunk

    def close(self) -> None:
        """Close the file below too."""
        self._file.close()
        super().close()


def unsealed(place: Path, keys: Iterable[bytes]) -> IO[bytes]:
    """A sealed file opened with whichever of the keys it was made with. Refused when it is none of them."""
    file = place.open("rb")
    try:
        head = file.read(HEAD_BYTES)
        if len(head) < HEAD_BYTES:
            raise Refused(BROKEN, file=place.name)
        wanted = head[len(MAGIC) : len(MAGIC) + ID_BYTES].hex()
        key = next((key for key in keys if name_of(key) == wanted), None)
        if key is None:
            raise Refused(OTHER_KEY, file=place.name, key=wanted)
        return io.BufferedReader(_Unsealing(file, _cipher(key, head), place.name), CHUNK)
    except BaseException:
        file.close()
        raise
