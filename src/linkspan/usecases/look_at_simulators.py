"""The simulators that a project's profiles point at: whether they run, and how they are."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from linkspan.model import Caller, Profile
from linkspan.transport.protocol import Outbound, TransportError
from linkspan.usecases.hall import Hall
from linkspan.usecases.read_profiles import list_profiles

_MOST_ASKED = 5
_MOST_BYTES = 4 * 1024 * 1024
_SECONDS = 3.0
_WELL = 200
_LAST = 10


class _Clock(msgspec.Struct):
    """What its clock shows."""

    now: datetime
    offset_seconds: float


class SeenRequest(msgspec.Struct):
    """A request that it has seen. `status` None: not answered; `failure`: the one that was put in."""

    at: str
    method: str
    path: str
    status: int | None = None
    failure: str | None = None


class WaitingFailure(msgspec.Struct):
    """A failure in waiting: what it will be, how often, and for which requests."""

    kind: str = ""
    times: int | None = None
    path: str = ""
    method: str = ""


class _State(msgspec.Struct):
    """The part of its state that is shown."""

    clock: _Clock
    seed: int | None = None
    failures: tuple[WaitingFailure, ...] = ()
    outages: tuple[dict[str, object], ...] = ()
    tenants: tuple[dict[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class SimulatorView:
    """A place that profiles point at. `state` None: nothing answers there as a simulator does, and `why` says what came instead."""

    url: str
    profiles: Sequence[Profile]
    state: _State | None = None
    requests: int = 0
    last: Sequence[SeenRequest] = ()
    why: str | None = None

    @property
    def port(self) -> int:
        """The port of its address."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)


async def look_at_simulators(hall: Hall, caller: Caller) -> Sequence[SimulatorView]:
    """How the simulators are that the project's profiles name in place of their providers."""
    by_url: dict[str, list[Profile]] = {}
    for profile in await list_profiles(hall, caller):
        if profile.provider_url is not None:
            by_url.setdefault(profile.provider_url, []).append(profile)
    asked = list(by_url.items())[:_MOST_ASKED]
    return await asyncio.gather(*(_look(hall, url, profiles) for url, profiles in asked))


async def _look(hall: Hall, url: str, profiles: Sequence[Profile]) -> SimulatorView:
    try:
        state = msgspec.json.decode(await _get(hall, f"{url}/_sim/state"), type=_State)
        seen = msgspec.json.decode(await _get(hall, f"{url}/_sim/requests"), type=list[SeenRequest])
    except TransportError as failed:
        return SimulatorView(url, profiles, why=f"{failed.kind}: {failed.detail}"[:300])
    except (msgspec.DecodeError, UnicodeError):
        return SimulatorView(url, profiles, why="what answers there is no simulator")
    return SimulatorView(url, profiles, state, len(seen), seen[: -_LAST - 1 : -1])


async def _get(hall: Hall, url: str) -> bytes:
    answer = await hall.post.send(Outbound("GET", url, {}, None, _SECONDS, frozenset(), _MOST_BYTES))
    return answer.body if answer.status == _WELL else b""
