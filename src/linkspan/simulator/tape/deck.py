"""The tape deck: records what a real tenant answers, redacted, and plays such answers instead of the invented books."""

from collections import defaultdict, deque
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

import msgspec
from starlette.requests import Request

from linkspan.simulator.contract import load_contract
from linkspan.simulator.faults import BcFault
from linkspan.simulator.odata.address import read_place
from linkspan.simulator.odata.arrival import outside, raw_path, read_all
from linkspan.simulator.odata.exchange import Answer, Incoming
from linkspan.simulator.tape.disguise import Disguise
from linkspan.simulator.tape.recorded import Likeness, Recorded, RecordingFile, likeness
from linkspan.simulator.tape.redaction import ROOT, Redaction
from linkspan.simulator.tape.upstream import Fetched, fetch

TapeState = Literal["off", "recording", "replaying"]
Otherwise = Literal["refuse", "books"]
_PASSED_BACK: Final = ("content-type", "odata-version", "location", "etag", "preference-applied", "retry-after")
_MOST_KEPT: Final = 10_000
_FILLING: Final = b"REDACTED "
_READS: Final = frozenset({"GET", "HEAD"})


class _Session:
    """One recording that is going on."""

    def __init__(self, origin: str, file: Path | None, key: bytes | None) -> None:
        self.origin = origin
        self.redaction = Redaction(load_contract(), Disguise(key), origin)
        self.file = RecordingFile(file) if file is not None else None
        self.kept: deque[Recorded] = deque(maxlen=_MOST_KEPT)

    def keep(self, one: Recorded) -> None:
        self.kept.append(one)
        if self.file is not None:
            self.file.add(one)


class Deck:
    """Records or plays, or (as at the start) neither."""

    def __init__(self) -> None:
        """Start with an empty deck."""
        self._session: _Session | None = None
        self._playing: dict[Likeness, deque[Recorded]] = {}
        self.otherwise: Otherwise = "refuse"
        self._recorded: list[Recorded] = []

    @property
    def records(self) -> bool:
        """Whether requests go to a real service now."""
        return self._session is not None

    @property
    def plays(self) -> bool:
        """Whether requests get recorded answers now."""
        return bool(self._playing)

    @property
    def state(self) -> TapeState:
        """What it does now."""
        return "recording" if self.records else "replaying" if self.plays else "off"

    def record(self, origin: str, file: Path | None = None, key: bytes | None = None) -> None:
        """Pass everything on to `origin` from now on and keep the answers; raises FileExistsError for an old file."""
        session = _Session(origin, file, key)
        self.eject()
        self._session = session

    def stop(self) -> list[Recorded]:
        """End a recording and return it; nothing where none is going on."""
        session, self._session = self._session, None
        if session is None:
            return []
        self._recorded = list(session.kept)
        if session.file is not None:
            session.file.close()
        return self._recorded

    def recorded_so_far(self) -> list[Recorded]:
        """Return what the present recording, or the last one, has kept."""
        return list(self._session.kept) if self._session is not None else list(self._recorded)

    def play(self, exchanges: Iterable[Recorded], otherwise: Otherwise) -> int:
        """Answer from `exchanges` from now on and return how many there are; what is not among them is refused, or left to the books."""
        self.stop()
        playing: dict[Likeness, deque[Recorded]] = defaultdict(deque)
        for one in exchanges:
            playing[one.likeness].append(one)
        self._playing = dict(playing)
        self.otherwise = otherwise
        return sum(map(len, playing.values()))

    def eject(self) -> None:
        """Neither record nor play, and forget the last recording."""
        self.stop()
        self._playing = {}
        self._recorded = []

    def answer(self, incoming: Incoming, root: str) -> Answer | None:
        """Return the recorded answer to a request; None leaves it to the books.

        Several answers to the same request come in the order recorded; the last one to a GET stays. Raises 404 for a
        request that was not recorded.
        """
        if not self._playing:
            return None
        path = "/".join(incoming.segments)
        key = likeness(incoming.method, path, incoming.raw_query, incoming.headers.get("prefer", ""))
        waiting = self._playing.get(key)
        if waiting:
            last = len(waiting) == 1 and incoming.method in _READS
            return _played(waiting[0] if last else waiting.popleft(), root)
        if self.otherwise == "books":
            return None
        text = f"The recording has no answer to {incoming.method} {path} with these options."
        raise BcFault(404, "NotRecorded", text, gateway=True)

    async def pass_on(self, request: Request, largest_body: int) -> Answer:
        """Ask the real service, keep its answer redacted, and return it as it is but for the address of its links."""
        session = self._session
        if session is None:
            raise BcFault(503, "ServiceUnavailable", "The recording has just ended.", gateway=True)
        body = await read_all(request, largest_body)
        target = raw_path(request) + (f"?{request.url.query}" if request.url.query else "")
        fetched = await fetch(session.origin, request.method, target, headers=dict(request.headers), body=body)
        path = raw_path(request).partition("/api/v2.0")[2].strip("/")
        session.keep(_recorded(request, path, fetched, session.redaction))
        shown = {name: fetched.headers[name] for name in _PASSED_BACK if name in fetched.headers}
        if "location" in shown:
            shown["location"] = shown["location"].replace(session.origin, outside(request))
        kind = shown.pop("content-type", None)
        content = fetched.body
        if kind is not None and "json" in kind:
            content = content.replace(session.origin.encode(), outside(request).encode())
        return Answer(fetched.status, content, kind, shown)

    def takes(self, request: Request) -> bool:
        """Tell whether a request is to be recorded; raises 404 for one to another API."""
        if self._session is None:
            return False
        read_place(raw_path(request).removeprefix("/v2.0/"))
        return True


def _recorded(request: Request, path: str, fetched: Fetched, redaction: Redaction) -> Recorded:
    headers = {name: fetched.headers[name] for name in _PASSED_BACK if name in fetched.headers}
    if "location" in headers:
        headers["location"] = redaction.address(headers["location"])
    if "etag" in headers:
        headers["etag"] = redaction.disguise.etag(headers["etag"])
    body, octets = _content(fetched, redaction)
    return Recorded(
        request.method,
        redaction.path(path),
        redaction.query(request.url.query),
        fetched.status,
        prefer=request.headers.get("prefer", ""),
        headers=headers,
        body=body,
        octets=octets,
    )


def _content(fetched: Fetched, redaction: Redaction) -> tuple[str, int]:
    """Return what is kept of a body: JSON redacted, counts and metadata as they are, of all else the length."""
    kind = fetched.headers.get("content-type", "")
    if "json" in kind and fetched.body:
        try:
            return redaction.body(fetched.body), 0
        except (msgspec.DecodeError, UnicodeDecodeError):
            return "", len(fetched.body)
    if fetched.body.decode("utf-8-sig", "replace").isdecimal():
        return fetched.body.decode(), 0
    if b"<edmx:Edmx" in fetched.body[:1_000]:
        return fetched.body.decode("utf-8-sig", "replace"), 0
    return "", len(fetched.body)


def _played(one: Recorded, root: str) -> Answer:
    headers = {name: value.replace(ROOT, root) for name, value in one.headers.items() if name != "content-type"}
    body = one.body.replace(ROOT, root).encode()
    if one.octets:
        body = (_FILLING * (one.octets // len(_FILLING) + 1))[: one.octets]
    return Answer(one.status, body, one.headers.get("content-type"), headers)
