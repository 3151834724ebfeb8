"""The keys of one installation: sealing of ID numbers, phones, accounts, and keyed hashes to find them again.

A sealed value is `key id:base64url(nonce + ciphertext + tag)`; the key id lets several keys live side by side while
`key rotate` re-seals. Hashes use a key of their own that never changes, otherwise nothing could be found again.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ffp_admin.i18n import _

NONCE_BYTES = 12
TAG_BYTES = 16
HASH_KEY_BYTES = 32
#: cipher name → length of its key in bytes
CIPHERS: Mapping[str, int] = {"aes-gcm": 32, "sm4-gcm": 16}


class KeyringError(Exception):
    """The key file is missing, unsafe or damaged, or a value was not sealed with these keys."""


class _Sealer(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class _Sm4Gcm:
    """SM4-GCM with the face of AESGCM (tag behind the ciphertext)."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        body, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(body) + decryptor.finalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    cipher: str
    secret: bytes

    def sealer(self) -> _Sealer:
        return _Sm4Gcm(self.secret) if self.cipher == "sm4-gcm" else AESGCM(self.secret)


class Keyring:
    """Seals, opens and hashes; safe to share between threads; equal only to itself."""

    def __init__(self, keys: Mapping[str, _Key], current: str, hash_key: bytes) -> None:
        self._keys = dict(keys)
        self._sealers = {name: key.sealer() for name, key in keys.items()}
        self._hash_key = hash_key
        self.current = current

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._keys)}; current {self.current})"  # never the keys

    @classmethod
    def create(cls, path: Path, cipher: str = "aes-gcm") -> Keyring:
        """A new keyring in a new file (0600); KeyringError when the file exists or the cipher is not to be had."""
        ring = cls({"k1": _new_key(cipher)}, "k1", secrets.token_bytes(HASH_KEY_BYTES))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write_exclusively(path, ring._as_json())
        except FileExistsError:
            raise KeyringError(
                _("The key file {path} exists already; it was not touched.", path=path)
            ) from None
        return ring

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """The keyring of a file; KeyringError when it is missing, damaged, or readable by other accounts."""
        try:
            handle = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            raise KeyringError(_("The key file {path} is missing.", path=path)) from None
        with os.fdopen(handle, "r", encoding="utf-8") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise KeyringError(
                    _("Other accounts can read the key file {path}. Run: chmod 600 {path}", path=path)
                )
            return cls._from_json(file.read(), path)

    @classmethod
    def _from_json(cls, text: str, path: Path) -> Keyring:
        try:
            stored = json.loads(text)
            keys = {
                name: _Key(cipher=key["cipher"], secret=base64.b64decode(key["key"], validate=True))
                for name, key in stored["keys"].items()
            }
            ring = cls(keys, stored["current"], base64.b64decode(stored["hash_key"], validate=True))
            damaged = ring.current not in keys or len(ring._hash_key) != HASH_KEY_BYTES
        except (ValueError, KeyError, TypeError, AttributeError, UnsupportedAlgorithm):
            damaged = True
        if damaged:
            raise KeyringError(_("The key file {path} is damaged. Restore it from its copy.", path=path))
        return ring

    def _as_json(self) -> str:
        keys = {
            name: {"cipher": key.cipher, "key": base64.b64encode(key.secret).decode()}
            for name, key in self._keys.items()
        }
        hash_key = base64.b64encode(self._hash_key).decode()
        return json.dumps({"current": self.current, "keys": keys, "hash_key": hash_key}, indent=1) + "\n"

    def rotate(self, path: Path, cipher: str = "aes-gcm") -> Keyring:
        """The keyring with one more key that seals from now on; the file is replaced in one step, old keys stay."""
        name = f"k{len(self._keys) + 1}"
        ring = Keyring({**self._keys, name: _new_key(cipher)}, name, self._hash_key)
        beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        _write_exclusively(beside, ring._as_json())
        os.replace(beside, path)
        return ring

    def seal(self, value: str | bytes, context: str = "") -> str:
        """`value` encrypted with the current key and bound to `context`: it opens only with the same context."""
        data = value.encode() if isinstance(value, str) else value
        nonce = os.urandom(NONCE_BYTES)
        body = self._sealers[self.current].encrypt(nonce, data, context.encode() or None)
        return f"{self.current}:{base64.urlsafe_b64encode(nonce + body).decode()}"

    def open_bytes(self, sealed: str, context: str = "") -> bytes:
        """What was sealed; KeyringError for an unknown key, another context or a changed value."""
        name, _colon, body = sealed.partition(":")
        sealer = self._sealers.get(name)
        if sealer is None:
            raise KeyringError(
                _("A stored value needs the key '{name}', which the key file lacks.", name=name)
            )
        try:
            data = base64.urlsafe_b64decode(body)
            return sealer.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], context.encode() or None)
        except (InvalidTag, ValueError):
            raise KeyringError(
                _("A stored value was changed or belongs elsewhere; it cannot be opened.")
            ) from None

    def open(self, sealed: str, context: str = "") -> str:
        """The sealed text; errors as `open_bytes`."""
        return self.open_bytes(sealed, context).decode()

    def is_current(self, sealed: str) -> bool:
        """Whether the value was sealed with the newest key (otherwise rotation has to re-seal it)."""
        return sealed.startswith(f"{self.current}:")

    def hash(self, purpose: str, text: str) -> str:
        """HMAC-SHA256 as 64 hex digits; different purposes give different hashes of the same text."""
        return hmac.digest(self._hash_key, f"{purpose}\0{text}".encode(), "sha256").hex()


def _new_key(cipher: str) -> _Key:
    if cipher not in CIPHERS:
        raise KeyringError(
            _("'{cipher}' is not one of: {choices}.", cipher=cipher, choices=", ".join(CIPHERS))
        )
    key = _Key(cipher=cipher, secret=secrets.token_bytes(CIPHERS[cipher]))
    try:
        key.sealer().encrypt(bytes(NONCE_BYTES), b"", None)
    except UnsupportedAlgorithm:
        raise KeyringError(_("This machine's OpenSSL does not know '{cipher}'.", cipher=cipher)) from None
    return key


def _write_exclusively(path: Path, text: str) -> None:
    """A new file with mode 0600 from its first moment, on disk before this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
