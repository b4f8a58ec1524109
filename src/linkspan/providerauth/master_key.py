"""The master key: in a KMS, from the environment, or from a file that is made at the first start and that nobody else may read."""

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from linkspan.errors import ConfigurationError
from linkspan.providerauth.kms import AwsKms
from linkspan.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12
_OTHERS = 0o077
_WRONG_KEY = (
    "Use the master key that this database was made with: LINKSPAN_KMS_KEY, LINKSPAN_MASTER_KEY or the file master.key; "
    "one before it goes into LINKSPAN_OLD_MASTER_KEYS."
)


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
            raise ConfigurationError("The master key does not fit this database.", next_step=_WRONG_KEY) from None


class KeyRing:
    """The master key that wraps now, and those before it, which only unwrap (until `linkspan keys rotate`).

    `more`: looks for keys that were added since, such as a new line of the key file.
    """

    def __init__(
        self, current: KeyProvider, older: Iterable[KeyProvider] = (), more: "Callable[[], KeyRing] | None" = None
    ) -> None:
        self.current = current
        self._keys = {key.id: key for key in (*older, current)}
        self._more = more

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"

    @property
    def id(self) -> str:
        """The name of the key that wraps now."""
        return self.current.id

    def renew(self) -> None:
        """Look for keys that were added since."""
        if self._more is not None:
            found = self._more()
            self.current, self._keys = found.current, found._keys  # noqa: SLF001  another of this class

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """The data key, encrypted by the current master key: if the key file has a newer one by now, by that."""
        self.renew()
        return await self.current.wrap(key, context)

    async def unwrap(self, wrapped: bytes, context: bytes, key_id: str) -> bytes:
        """The data key that the master key of that id wrapped. Raises ConfigurationError if that key is not on the ring."""
        if key_id not in self._keys:
            self.renew()
        key = self._keys.get(key_id)
        if key is None:
            raise ConfigurationError("The master key does not fit this database.", next_step=_WRONG_KEY)
        return await key.unwrap(wrapped, context)


def key_file(settings: Settings) -> Path:
    """Where the master key lies when the environment gives none."""
    return settings.data_dir / "master.key"


def load_master_key(settings: Settings) -> KeyRing:
    """The master key of the settings (a KMS, or the environment), or of the key file, which is made if it is missing.

    Keys of LINKSPAN_OLD_MASTER_KEYS, further lines of the file, and the whole file where it is not the current key's, only unwrap.
    Raises ConfigurationError for a key that is not 32 bytes as base64url, or a file that others may read.
    """
    older = [LocalKey(_decode(key.get_secret_value(), "LINKSPAN_OLD_MASTER_KEYS")) for key in settings.old_master_keys]
    path = key_file(settings)
    if settings.kms_key is not None and settings.master_key is not None:
        raise ConfigurationError(
            "Both LINKSPAN_KMS_KEY and LINKSPAN_MASTER_KEY are set.",
            next_step="Keep one; put the key before it into LINKSPAN_OLD_MASTER_KEYS until linkspan keys rotate has run.",
        )
    if settings.kms_key is not None:
        return KeyRing(_kms(settings.kms_key), [*older, *_in_file(path)])
    if settings.master_key is not None:
        current = LocalKey(_decode(settings.master_key.get_secret_value(), "LINKSPAN_MASTER_KEY"))
        return KeyRing(current, [*older, *_in_file(path)])
    if not path.exists():
        _make(path)
    return _file_ring(path, older)


def add_master_key(settings: Settings) -> None:
    """Put a new master key before those of the key file; running processes find it there. Raises ConfigurationError without a file."""
    path = key_file(settings)
    if settings.kms_key is not None or settings.master_key is not None or not path.exists():
        raise ConfigurationError(
            "The master key is not in a key file.",
            next_step="Set the new key, and the old one in LINKSPAN_OLD_MASTER_KEYS; restart, then run linkspan keys rotate.",
        )
    _in_file(path)
    _write(path, _new_line() + path.read_bytes(), replace=True)


def drop_old_master_keys(settings: Settings) -> int:
    """Leave only the first key of the key file; how many were dropped."""
    path = key_file(settings)
    if settings.kms_key is not None or settings.master_key is not None or not path.exists():
        return 0
    lines = path.read_bytes().splitlines()
    if len(lines) > 1:
        _write(path, lines[0] + b"\n", replace=True)
    return len(lines) - 1


def _kms(key: str) -> KeyProvider:
    service, _, name = key.partition(":")
    if service != "aws" or not name:
        raise ConfigurationError("LINKSPAN_KMS_KEY is a service and a key: aws:alias/linkspan, or aws: and an ARN.")
    return AwsKms(name)


def _file_ring(path: Path, older: Iterable[LocalKey]) -> KeyRing:
    keys, kept = _in_file(path), list(older)
    return KeyRing(keys[0], [*kept, *keys[1:]], lambda: _file_ring(path, kept))


def _in_file(path: Path) -> list[LocalKey]:
    """The keys of a key file, the newest first; none if there is no file."""
    if not path.exists():
        return []
    mode = path.stat().st_mode
    if mode & _OTHERS:
        msg = f"The key file {path} may be read by others (mode {mode & 0o777:o})."
        raise ConfigurationError(msg, next_step=f"Allow only its owner: chmod 600 {path}")
    lines = path.read_text(encoding="ascii", errors="replace").split() or [""]
    return [LocalKey(_decode(line, str(path))) for line in lines]


def _make(path: Path) -> None:
    """Create the file whole or not at all, whoever else is starting at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, _new_line(), replace=False)


def _new_line() -> bytes:
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n"


def _write(path: Path, text: bytes, *, replace: bool) -> None:
    """Write the file whole or not at all; one that is there stays unless it is to be replaced."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
            return
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


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
