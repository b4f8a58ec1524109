"""The vault: secrets sealed by a data key per project, which the master key wraps; and the sub-keys that sign and digest."""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from linkspan.errors import CursorInvalidError, LinkspanError
from linkspan.model import Secret
from linkspan.providerauth.master_key import KEY_BYTES, NONCE_BYTES, KeyRing
from linkspan.providerauth.ports import DataKeyStore

INSTALLATION = "installation"
_FORMAT = b"\x01"
_VERSION_BYTES = 4
_MAC_BYTES = 16


KEPT_SECONDS = 300.0
"""How long a process keeps a project's data keys in memory."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: the master key's name, how many data keys it wrapped anew, how many new data keys there are."""

    master_key_id: str
    rewrapped: int
    added: int


@dataclass(frozen=True, slots=True)
class _Keys:
    by_version: dict[int, AESGCM]
    until: float


class Vault:
    """Seals and opens secrets. Open one with `Vault.unlock`.

    A sealed text is format (1 byte), data key version (4), nonce (12), ciphertext. It opens only for the project, owner and field
    that it was sealed for. Sub-keys come from a root key of the installation, which is wrapped like any other: changing the
    master key changes none of them.
    """

    def __init__(self, provider: KeyRing, store: DataKeyStore, clock: Callable[[], datetime], root: bytes) -> None:
        self._provider, self._store, self._clock, self._root = provider, store, clock, root
        self._keys: dict[str, _Keys] = {}
        self._derived: dict[str, bytes] = {}

    @classmethod
    async def unlock(cls, provider: KeyRing, store: DataKeyStore, clock: Callable[[], datetime]) -> Self:
        """The vault of this database; its root key is made at the first start. Raises ConfigurationError for a wrong master key."""
        found = await _load(provider, store, clock, INSTALLATION)
        return cls(provider, store, clock, found[max(found)])

    async def seal(self, project_id: str, owner: str, field: str, secret: Secret) -> bytes:
        """Encrypt a secret of `owner` (such as `profile:ID`)."""
        keys = await self._keys_of(project_id)
        version = max(keys)
        header = _FORMAT + version.to_bytes(_VERSION_BYTES, "big")
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound = _bound(project_id, owner, field, version)
        return header + nonce + keys[version].encrypt(nonce, secret.reveal().encode(), bound)

    async def open(self, project_id: str, owner: str, field: str, sealed: bytes) -> Secret:
        """The secret again. Raises LinkspanError if the sealed text was changed or is another's."""
        version = sealed_version(sealed)
        body = sealed[1 + _VERSION_BYTES :]
        keys = await self._keys_of(project_id)
        if version not in keys:
            # Another process may have rotated the keys.
            keys = await self._keys_of(project_id, anew=True)
        key = keys.get(version)
        if key is None or sealed[:1] != _FORMAT:
            raise _not_openable(owner, field)
        try:
            text = key.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], _bound(project_id, owner, field, version))
        except (InvalidTag, ValueError):
            raise _not_openable(owner, field) from None
        return Secret(text.decode())

    def derive(self, name: str) -> bytes:
        """A 32-byte sub-key for one purpose; the same after a restart and in every process."""
        key = self._derived.get(name)
        if key is None:
            key = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"linkspan " + name.encode()).derive(self._root)
            self._derived[name] = key
        return key

    def digest(self, purpose: str, secret: Secret) -> str:
        """What is stored in place of a secret that only has to be recognised: HMAC-SHA256, 64 hexadecimal digits."""
        return hmac.digest(self.derive(purpose), secret.reveal().encode("utf-8", "surrogateescape"), "sha256").hex()

    async def current(self, project_id: str) -> int:
        """The version of the data key that seals now, read anew."""
        return max(await self._keys_of(project_id, anew=True))

    async def rotate(self, project_id: str | None = None) -> Rotated:
        """Wrap every data key by the present master key, and give each project (or the one that is named) a new data key.

        What was sealed before still opens. The installation's root key stays: API keys and cursors hang on it.
        """
        self._provider.renew()
        rewrapped = added = 0
        for scope in await self._store.scopes() if project_id is None else [project_id]:
            versions = await self._store.read(scope)
            rewrapped += sum([await self._rewrap(scope, version, *known) for version, known in versions.items()])
            if scope != INSTALLATION:
                added += await self._add(scope, max(versions, default=0) + 1)
        self._keys.clear()
        return Rotated(self._provider.id, rewrapped, added)

    async def _rewrap(self, scope: str, version: int, wrapped: bytes, key_id: str) -> bool:
        if key_id == self._provider.id:
            return False
        context = _context(scope, version)
        key = await self._provider.unwrap(wrapped, context, key_id)
        again = await self._provider.wrap(key, context)
        return await self._store.rewrap(scope, version, wrapped=(wrapped, again), master_key_id=self._provider.id)

    async def _add(self, scope: str, version: int) -> bool:
        wrapped = await self._provider.wrap(secrets.token_bytes(KEY_BYTES), _context(scope, version))
        return await self._store.add(
            scope, version, wrapped=wrapped, master_key_id=self._provider.id, now=self._clock()
        )

    async def _keys_of(self, project_id: str, *, anew: bool = False) -> dict[int, AESGCM]:
        """A project's data keys; they are dropped from memory after some minutes, so that a new one is soon used by every process."""
        now = time.monotonic()
        if anew or project_id not in self._keys or self._keys[project_id].until <= now:
            self._keys = {name: known for name, known in self._keys.items() if known.until > now}
            found = await _load(self._provider, self._store, self._clock, project_id)
            opened = {version: AESGCM(key) for version, key in found.items()}
            self._keys[project_id] = _Keys(opened, now + KEPT_SECONDS)
        return self._keys[project_id].by_version


HEAD_BYTES: Final = 1 + _VERSION_BYTES
"""So many bytes of a sealed text say which data key sealed it."""


def sealed_version(sealed: bytes) -> int:
    """The version of the data key that a text is sealed by."""
    return int.from_bytes(sealed[1 : 1 + _VERSION_BYTES], "big")


class CursorSeal:
    """Signs cursors (engine's port `Seal`): base64url of 16 bytes of HMAC-SHA256 and the payload."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, payload: bytes) -> str:
        """Text that only this installation can have made."""
        return _text_of(self._mac(payload) + payload)

    def open(self, text: str) -> bytes:
        """The payload. Raises CursorInvalidError."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            raise CursorInvalidError from None
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        # One payload has one text: base64 itself would also take texts whose last character differs in unused bits.
        if not hmac.compare_digest(mac, self._mac(payload)) or _text_of(raw) != text:
            raise CursorInvalidError
        return payload

    def _mac(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, hashlib.sha256)[:_MAC_BYTES]


def _text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _not_openable(owner: str, field: str) -> LinkspanError:
    msg = f"The sealed {field} of {owner} cannot be opened: it was changed, or belongs elsewhere."
    return LinkspanError(
        msg, next_step="Restore the database from a back-up, enter the secret again, or link the account again."
    )


def _bound(project_id: str, owner: str, field: str, version: int) -> bytes:
    # Lengths in front: no choice of names can make two of these equal.
    parts = (project_id, owner, field, str(version))
    return b"".join(len(part.encode()).to_bytes(2, "big") + part.encode() for part in parts)


async def _load(provider: KeyRing, store: DataKeyStore, clock: Callable[[], datetime], scope: str) -> dict[int, bytes]:
    stored = await store.read(scope)
    if not stored:
        wrapped = await provider.wrap(secrets.token_bytes(KEY_BYTES), _context(scope, 1))
        # Whoever is first wins; everybody reads what is there then.
        await store.add(scope, 1, wrapped=wrapped, master_key_id=provider.id, now=clock())
        stored = await store.read(scope)
    return {
        version: await provider.unwrap(wrapped, _context(scope, version), key_id)
        for version, (wrapped, key_id) in stored.items()
    }


def _context(scope: str, version: int) -> bytes:
    return f"linkspan data key|{scope}|{version}".encode()
