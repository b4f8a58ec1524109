"""How an event looks on the wire to a webhook, and the signatures that prove it is ours."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime

from linkspan.engine import json_text
from linkspan.event_records import Event, EventType
from linkspan.model import Secret

SECRET_PREFIX = "whsec_"  # noqa: S105  the prefix that Standard Webhooks gives every secret


def event_body(event: Event, sent_at: datetime) -> bytes:
    """The JSON body: `type`, `timestamp` and `data` as Standard Webhooks has it, beside the fields of wire contract 2.9."""
    account = event.account
    body: dict[str, object] = {
        "id": event.id,
        "type": event.type.value,
        "timestamp": _moment(event.at),
        "data": {"account_id": event.account_id, **account} if account else {},
        "project_id": event.project_id,
        "event": event.type.value,
        "event_date": _moment(event.at),
        "sent_at": _moment(sent_at),
    }
    if event.type is not EventType.WEBHOOK_TEST:
        body |= {
            "account_id": event.account_id,
            "record_type": "account",
            "record_id": event.account_id,
            "provider": account.get("connector"),
            "origin_owner_id": account.get("origin_owner_id"),
            "origin_owner_name": account.get("origin_owner_name"),
            "origin_username": account.get("origin_username"),
            "setup_information": account.get("fields"),
        }
    return json_text.dump(body)


def signed_headers(event_id: str, body: bytes, sent_at: datetime, secrets: Sequence[Secret]) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0 and the compatible one.

    `secrets`: the one that counts first, then the one before it while that is still good; Standard Webhooks carries a signature of
    each, the compatible header only the first.
    """
    stamp = str(int(sent_at.timestamp()))
    signed = b".".join((event_id.encode(), stamp.encode(), body))
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_base64(hmac.digest(key_of(each), signed, 'sha256'))}" for each in secrets),
        "x-stackone-signature": _compatible(secrets[0], body),
    }


def key_of(secret: Secret) -> bytes:
    """The key that a secret's text stands for: what follows the prefix, as base64."""
    return base64.b64decode(secret.reveal().removeprefix(SECRET_PREFIX))


def _compatible(secret: Secret, body: bytes) -> str:
    """Base64url without padding of HMAC-SHA256 over the body, with the secret's whole text as key (wire contract 2.9)."""
    mac = hmac.digest(secret.reveal().encode(), body, "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
