"""A master key that never leaves a key management service: AWS KMS, through its own library (extra `aws-kms`)."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from typing import Protocol, TypeVar

from linkspan.errors import ConfigurationError, ServerBusyError

T = TypeVar("T")
_NAME = "linkspan"


class KmsClient(Protocol):
    """What is used of boto3's KMS client."""

    def encrypt(self, *, KeyId: str, Plaintext: bytes, EncryptionContext: dict[str, str]) -> dict[str, bytes]:  # noqa: N803  AWS's names
        """Encrypt up to 4 KB."""
        ...

    def decrypt(self, *, KeyId: str, CiphertextBlob: bytes, EncryptionContext: dict[str, str]) -> dict[str, bytes]:  # noqa: N803
        """Decrypt what was encrypted with the same context."""
        ...


class AwsKms:
    """Wraps data keys in AWS KMS. The context of each is its encryption context, so that none opens in another's place.

    Credentials, region and endpoint are those of the AWS library (AWS_REGION, AWS_PROFILE, instance roles …).
    """

    def __init__(self, key: str, client: KmsClient | None = None) -> None:
        self._key, self._client = key, client if client is not None else _client()
        self._id = "aws-" + hashlib.sha256(key.encode()).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"AwsKms({self._key})"

    @property
    def id(self) -> str:
        """A hash of the key's name: an alias or ARN."""
        return self._id

    async def wrap(self, key: bytes, context: bytes) -> bytes:
        """The data key, encrypted by the service. Raises ConfigurationError and ServerBusyError."""
        told = await _ask(
            lambda: self._client.encrypt(KeyId=self._key, Plaintext=key, EncryptionContext=_context(context))
        )
        return told["CiphertextBlob"]

    async def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The data key again. Raises ConfigurationError (not this key's, no permission) and ServerBusyError (out of reach)."""
        told = await _ask(
            lambda: self._client.decrypt(KeyId=self._key, CiphertextBlob=wrapped, EncryptionContext=_context(context))
        )
        return told["Plaintext"]


def _context(context: bytes) -> dict[str, str]:
    return {_NAME: base64.urlsafe_b64encode(context).decode()}


async def _ask(call: Callable[[], T]) -> T:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  an optional library

    try:
        return await asyncio.to_thread(call)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        raise ConfigurationError(
            f"The key management service refused the master key ({code}).",
            next_step="Check LINKSPAN_KMS_KEY, the key's policy, and that this database's data keys were wrapped by it.",
        ) from error
    except BotoCoreError as error:
        raise ServerBusyError(f"The key management service cannot be reached ({type(error).__name__}).") from error


def _client() -> KmsClient:
    try:
        import boto3  # noqa: PLC0415  an optional library
    except ImportError:
        raise ConfigurationError(
            "LINKSPAN_KMS_KEY needs the AWS library.", next_step="Install it: pip install 'linkspan[aws-kms]'"
        ) from None
    client: KmsClient = boto3.client("kms")
    return client
