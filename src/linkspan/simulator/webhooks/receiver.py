"""Handshakes and notifications: requests to receivers on this computer, and on hosts that control has allowed."""

import hmac
import secrets
from collections.abc import Collection, Mapping
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlencode, urlsplit

from linkspan.simulator.faults import BcFault, bad_request

ALLOWANCE_SECONDS: Final = 5
"""How long a receiver may take to answer."""
_MOST_READ: Final = 65_536


def check_address(url: str, allowed: Collection[str] = ()) -> None:
    """Raise 400 unless `url` is an http address of this computer, or of an `allowed` host."""
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme == "http"
            and parts.hostname is not None
            and (parts.hostname in allowed or _is_loopback(parts.hostname))
        )
        usable = usable and (parts.port or 80) > 0
    except ValueError:
        usable = False
    if not usable:
        raise bad_request(
            f"The notification URL '{url}' cannot be used: the simulator calls http addresses of this computer and of "
            "hosts that it was told to allow."
        )


def shake_hands(url: str, allowed: Collection[str] = ()) -> None:
    """Ask the receiver to send a token back; raises 400 unless it answers 200 with the token as its body in time."""
    check_address(url, allowed)
    token = secrets.token_urlsafe(24)
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode({"validationToken": token})) if part)
    try:
        status, body = _post(parts._replace(query=query), b"", {"Content-Type": "text/plain"})
    except (OSError, HTTPException) as mistake:
        raise _refused(f"no answer within {ALLOWANCE_SECONDS} seconds") from mistake
    if status != 200:  # noqa: PLR2004 - the one status that the documentation names
        raise _refused(f"the answer has status {status}, expected 200")
    if not hmac.compare_digest(body.strip(), token.encode()):
        raise _refused("the answer is not the validation token")


def deliver(url: str, body: bytes, correlation_id: str) -> int | None:
    """Post a notification and return the status, or None when no answer came."""
    headers = {
        "Content-Type": "application/json",
        "clientRequestId": correlation_id,
        "x-ms-correlation-id": correlation_id,
    }
    try:
        return _post(urlsplit(url), body, headers)[0]
    except (OSError, HTTPException):
        return None


def _refused(reason: str) -> BcFault:
    return bad_request(f"The validation of the notification URL failed: {reason}.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _post(parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Send one request; redirects are not followed."""
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=ALLOWANCE_SECONDS)
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_READ)
    finally:
        connection.close()
