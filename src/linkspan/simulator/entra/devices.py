"""The devices that wait for a person: their codes, what the person answered, and how often they may ask."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from linkspan.simulator.entra.directory import AppRegistration
from linkspan.simulator.entra.errors import EntraError, Meaning, entra_error
from linkspan.simulator.entra.grants import Grant
from linkspan.simulator.entra.scopes import ScopeRequest

if TYPE_CHECKING:
    from linkspan.simulator.entra.authority import Realm

DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
LIFETIME: Final = timedelta(minutes=15)
INTERVAL: Final = timedelta(seconds=5)
"""How long a device has to wait between two polls."""
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"
# RFC 8628 §3.5; Entra publishes no number of its own for it.
_SLOW_DOWN: Final = Meaning("slow_down", 400, "")
Answer = Literal["waiting", "agreed", "declined"]


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """One device that waits; `polled` is when it asked last, `grant` what the person has agreed to."""

    app: AppRegistration
    realm: "Realm"
    scopes: ScopeRequest
    user_code: str
    expires: datetime
    polled: datetime | None = None
    answer: Answer = "waiting"
    grant: Grant | None = field(default=None)


class DeviceBook:
    """Keeps the waiting devices by the code that they poll with."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all devices, and refuse hasty ones again."""
        self._waiting: dict[str, DeviceCode] = {}
        self.refuses_haste = True

    def open(self, app: AppRegistration, realm: "Realm", scopes: ScopeRequest, now: datetime) -> tuple[str, DeviceCode]:
        """Return a new device code and what it stands for."""
        value = secrets.token_urlsafe(120)
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(9))
        self._waiting[value] = DeviceCode(app, realm, scopes, user_code, now + LIFETIME)
        return value, self._waiting[value]

    def find(self, user_code: str, now: datetime) -> DeviceCode:
        """Return the device that shows `user_code`; raises EntraError 70018 (unknown) or 70019 (expired)."""
        wanted = user_code.strip().replace("-", "").upper()
        for known in self._waiting.values():
            if known.user_code == wanted and known.answer == "waiting":
                if now >= known.expires:
                    raise entra_error(70019)
                return known
        raise entra_error(70018)

    def answer(self, user_code: str, grant: Grant | None) -> None:
        """Note what the person said: a grant, or (None) no."""
        for value, known in self._waiting.items():
            if known.user_code == user_code:
                self._waiting[value] = replace(known, answer="agreed" if grant else "declined", grant=grant)

    def poll(self, value: str, app: AppRegistration, now: datetime) -> Grant:
        """Return what was agreed to; the code is spent then.

        Raises EntraError 70018 (unknown), 70019 (expired), 70016 (still waiting, or asked too soon), 65004 (declined).
        """
        known = self._waiting.get(value)
        if known is None or known.app.client_id != app.client_id:
            raise entra_error(70018)
        if now >= known.expires:
            raise entra_error(70019)
        hasty = known.polled is not None and now - known.polled < INTERVAL
        self._waiting[value] = replace(known, polled=now)
        if known.grant is not None:
            del self._waiting[value]
            return known.grant
        if known.answer == "declined":
            declined = entra_error(65004)
            raise EntraError(65004, declined.text, Meaning("authorization_declined", 400, ""))
        if hasty and self.refuses_haste:
            text = f"The device polls too often; wait {INTERVAL.seconds} seconds more between two requests."
            raise EntraError(70016, text, _SLOW_DOWN)
        raise entra_error(70016)
