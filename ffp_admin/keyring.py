"""The keys of one installation: sealing of ID numbers, phones, accounts, and keyed hashes to find them again.

A sealed value is `key id:base64url(nonce + ciphertext + tag)`; the key id lets several keys live side by side while
`key rotate` re-seals. Hashes use a key of their own that never changes, otherwise nothing could be found again.
A keyring looks at its file again now and then, so that programs that are serving take up a new key by themselves.
"""

from __future__ import annotations

import base64
import fcntl
import hmac
import json
import os
import re
import secrets
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ffp_admin.i18n import _

NONCE_BYTES = 12
TAG_BYTES = 16
HASH_KEY_BYTES = 32
#: seconds after which the file is looked at again before something is sealed
FRESH_FOR = 1.0
_KEY_ID = re.compile(r"k[1-9][0-9]*")
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
    #: ISO moment it was made; "" for the first key of old files
    made_at: str = ""

    def sealer(self) -> _Sealer:
        return _Sm4Gcm(self.secret) if self.cipher == "sm4-gcm" else AESGCM(self.secret)


class _Held:
    """The keys of one state of the file; replaced as a whole, so that threads never see half of it."""

    def __init__(self, keys: Mapping[str, _Key], current: str, stamp: object) -> None:
        self.keys = dict(keys)
        self.sealers = {name: key.sealer() for name, key in keys.items()}
        self.current = current
        self.stamp = stamp


class Keyring:
    """Seals, opens and hashes; safe to share between threads; equal only to itself."""

    def __init__(
        self, keys: Mapping[str, _Key], current: str, hash_key: bytes, path: Path, stamp: object = None
    ) -> None:
        self._path, self._hash_key = path, hash_key
        self._held = _Held(keys, current, stamp or _stamp(path))
        self._looked = time.monotonic()

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return self._held.current

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._held.keys)}; current {self.current})"  # never the keys

    @classmethod
    def create(cls, path: Path, cipher: str = "aes-gcm") -> Keyring:
        """A new keyring in a new file (0600); KeyringError when the file exists or the cipher is not to be had."""
        ring = cls({"k1": _new_key(cipher)}, "k1", secrets.token_bytes(HASH_KEY_BYTES), path)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write_exclusively(path, ring._as_json())
        except FileExistsError:
            raise KeyringError(
                _("The key file {path} exists already; it was not touched.", path=path)
            ) from None
        ring._held.stamp = _stamp(path)
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
            stamp = _stamp_of(os.fstat(file.fileno()))
            return cls._from_json(file.read(), path, stamp)

    @classmethod
    def _from_json(cls, text: str, path: Path, stamp: object) -> Keyring:
        try:
            stored = json.loads(text)
            keys = {
                name: _Key(
                    cipher=key["cipher"],
                    secret=base64.b64decode(key["key"], validate=True),
                    made_at=str(key.get("made_at", "")),
                )
                for name, key in stored["keys"].items()
            }
            hash_key = base64.b64decode(stored["hash_key"], validate=True)
            ring = cls(keys, stored["current"], hash_key, path, stamp)
            damaged = ring.current not in keys or len(hash_key) != HASH_KEY_BYTES
            damaged = damaged or not all(map(_KEY_ID.fullmatch, keys))
        except (ValueError, KeyError, TypeError, AttributeError, UnsupportedAlgorithm):
            damaged = True
        if damaged:
            raise KeyringError(_("The key file {path} is damaged. Restore it from its copy.", path=path))
        return ring

    def _as_json(self) -> str:
        keys = {
            name: {
                "cipher": key.cipher,
                "key": base64.b64encode(key.secret).decode(),
                **({"made_at": key.made_at} if key.made_at else {}),
            }
            for name, key in self._held.keys.items()
        }
        hash_key = base64.b64encode(self._hash_key).decode()
        return json.dumps({"current": self.current, "keys": keys, "hash_key": hash_key}, indent=1) + "\n"

    def rotate(self, path: Path, cipher: str = "aes-gcm", made_at: datetime | None = None) -> Keyring:
        """The keyring with one more key that seals from now on; the file is replaced in one step, old keys stay."""
        held = self._held
        name = f"k{max(int(one[1:]) for one in held.keys) + 1}"  # a dropped key's id never comes back
        new = _new_key(cipher, made_at.isoformat(timespec="seconds") if made_at else "")
        return self._replaced(path, {**held.keys, name: new}, name)

    def without_old(self, path: Path) -> Keyring:
        """The keyring with the newest key only; what older keys sealed stays shut from now on."""
        held = self._held
        return self._replaced(path, {held.current: held.keys[held.current]}, held.current)

    def _replaced(self, path: Path, keys: Mapping[str, _Key], current: str) -> Keyring:
        ring = Keyring(keys, current, self._hash_key, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if _stamp(path) != self._held.stamp:  # a key that another program put in would be lost for ever
                raise KeyringError(_("The key file {path} was changed meanwhile. Try again.", path=path))
            beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            _write_exclusively(beside, ring._as_json())
            os.replace(beside, path)
            ring._held.stamp = _stamp(path)
            os.fsync(folder)  # a renamed file is lost in a power cut until its folder is on disk
        finally:
            os.close(folder)
        return ring

    def facts(self) -> dict[str, tuple[str, str]]:
        """Key id → cipher and ISO moment it was made ("" when unknown), oldest first."""
        return {name: (key.cipher, key.made_at) for name, key in self._held.keys.items()}

    def fingerprints(self) -> dict[str, str]:
        """Key id → a text that tells this key from any other and gives nothing of it away; "hash" is the hash key's."""
        named = {name: key.secret for name, key in self._held.keys.items()} | {"hash": self._hash_key}
        text = b"ffp fingerprint"
        return {name: hmac.digest(secret, text, "sha256").hex()[:16] for name, secret in named.items()}

    def refresh(self) -> None:
        """Take up the file's present keys; a file that is gone or damaged changes nothing."""
        self._looked = time.monotonic()
        stamp = _stamp(self._path)
        if stamp is None or stamp == self._held.stamp:
            return
        try:
            found = Keyring.load(self._path)
        except (KeyringError, OSError):
            return  # `health` and the next start say so; what is in memory still serves
        if found._hash_key == self._hash_key:
            self._held = found._held

    def seal(self, value: str | bytes, context: str = "") -> str:
        """`value` encrypted with the current key and bound to `context`: it opens only with the same context."""
        data = value.encode() if isinstance(value, str) else value
        if time.monotonic() - self._looked > FRESH_FOR:
            self.refresh()
        held = self._held
        nonce = os.urandom(NONCE_BYTES)
        body = held.sealers[held.current].encrypt(nonce, data, context.encode() or None)
        return f"{held.current}:{base64.urlsafe_b64encode(nonce + body).decode()}"

    def open_bytes(self, sealed: str, context: str = "") -> bytes:
        """What was sealed; KeyringError for an unknown key, another context or a changed value."""
        name, _colon, body = sealed.partition(":")
        sealer = self._held.sealers.get(name) or self._new_sealer(name)
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

    def _new_sealer(self, name: str) -> _Sealer | None:
        """The sealer of a key that came into the file since it was read."""
        if not _KEY_ID.fullmatch(name):
            return None
        self.refresh()
        return self._held.sealers.get(name)

    def open(self, sealed: str, context: str = "") -> str:
        """The sealed text; errors as `open_bytes`."""
        return self.open_bytes(sealed, context).decode()

    def is_current(self, sealed: str) -> bool:
        """Whether the value was sealed with the newest key (otherwise rotation has to re-seal it)."""
        return sealed.startswith(f"{self.current}:")

    def hash(self, purpose: str, text: str) -> str:
        """HMAC-SHA256 as 64 hex digits; different purposes give different hashes of the same text."""
        return hmac.digest(self._hash_key, f"{purpose}\0{text}".encode(), "sha256").hex()


def _new_key(cipher: str, made_at: str = "") -> _Key:
    if cipher not in CIPHERS:
        raise KeyringError(
            _("'{cipher}' is not one of: {choices}.", cipher=cipher, choices=", ".join(CIPHERS))
        )
    key = _Key(cipher=cipher, secret=secrets.token_bytes(CIPHERS[cipher]), made_at=made_at)
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


def _stamp(path: Path) -> object:
    """What changes when the file is replaced; None while there is none."""
    try:
        return _stamp_of(path.stat())
    except OSError:
        return None


def _stamp_of(found: os.stat_result) -> object:
    return (found.st_ino, found.st_mtime_ns, found.st_size)
