"""The master key: from the environment, or from a file that is made at the first start and that nobody else may read."""

import base64
import binascii
import hashlib
import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from linkspan.errors import ConfigurationError
from linkspan.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12
_OTHERS = 0o077


class KeyProvider(Protocol):
    """Wraps data keys: our own master key, or a KMS. `id` names the key that wraps now."""

    @property
    def id(self) -> str:
        """A name of the key that tells nothing about it."""
        ...

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a data key, bound to `context`."""
        ...

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The data key again. Raises ConfigurationError if this is not the key that wrapped it."""
        ...


class LocalKey:
    """A master key held in this process's memory: AES-256-GCM."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._id = hashlib.sha256(b"linkspan master key id" + key).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"LocalKey({self._id})"

    @property
    def id(self) -> str:
        """The first half of a hash of the key."""
        return self._id

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """Nonce and ciphertext."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, context)

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The data key again. Raises ConfigurationError."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
        except InvalidTag:
            raise ConfigurationError(
                "The master key does not fit this database.",
                next_step="Use the master key that this database was made with: LINKSPAN_MASTER_KEY or the file master.key.",
            ) from None


def key_file(settings: Settings) -> Path:
    """Where the master key lies when the environment gives none."""
    return settings.data_dir / "master.key"


def load_master_key(settings: Settings) -> LocalKey:
    """The master key of the settings, or of the key file, which is made if it is missing.

    Raises ConfigurationError for a key that is not 32 bytes as base64url, or a file that others may read.
    """
    if settings.master_key is not None:
        return LocalKey(_decode(settings.master_key.get_secret_value(), "LINKSPAN_MASTER_KEY"))
    path = key_file(settings)
    if not path.exists():
        _make(path)
    mode = path.stat().st_mode
    if mode & _OTHERS:
        msg = f"The key file {path} may be read by others (mode {mode & 0o777:o})."
        raise ConfigurationError(msg, next_step=f"Allow only its owner: chmod 600 {path}")
    return LocalKey(_decode(path.read_text(encoding="ascii", errors="replace"), str(path)))


def _make(path: Path) -> None:
    """Create the file whole or not at all, whoever else is starting at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _decode(text: str, where: str) -> bytes:
    stripped = text.strip()
    try:
        key = base64.b64decode(stripped + "=" * (-len(stripped) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        msg = f"{where} does not hold a master key: {KEY_BYTES} bytes as base64url."
        raise ConfigurationError(msg)
    return key
