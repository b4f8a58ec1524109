"""Pictures of the console: figures and timelines, drawn where people would rather look than read."""

import inspect
from collections import Counter
from collections.abc import Mapping, Sequence

from linkspan.doors.look.pictures.causes import Share, causes
from linkspan.doors.look.pictures.columns import columns
from linkspan.doors.look.pictures.curves import Curve, Measure, curves
from linkspan.doors.look.pictures.frame import TimeAxis
from linkspan.doors.look.pictures.picture import Picture
from linkspan.doors.look.pictures.scale import duration, percent
from linkspan.doors.look.pictures.timeline import Happening, Stretch, timeline
from linkspan.errors import all_errors
from linkspan.storage.grant_log import GrantKind, GrantNote
from linkspan.storage.run_figures import RunPart, Span
from linkspan.usecases.read_figures import Figures, GrantHistory, LimitsUsed

_QUARTER = 0.25


def run_pictures(figures: Figures) -> Sequence[Picture]:
    """How much ran, how long it took and why it failed."""
    axis, parts = _axis(figures.span), {part.part: part for part in figures.parts}
    counts = [(parts[number].runs, parts[number].failed) if number in parts else (0, 0) for number in range(axis.parts)]
    found = [columns("volume", "Runs", axis, counts), _latency(axis, parts)]
    if figures.causes:
        meanings = _meanings()
        shares = [
            Share(cause.code, meanings.get(cause.code, ""), cause.runs, cause.last_at) for cause in figures.causes
        ]
        found.append(causes("causes", "Errors by cause", shares))
    return found


def limits_picture(used: LimitsUsed) -> Picture | None:
    """How close an account came to its provider's limits, in per cent of each; None where these are not known."""
    if used.limits is None:
        return None
    axis, parts, limits = _axis(used.span), {part.part: part for part in used.parts}, used.limits
    rate = [parts[number].requests / limits.requests if number in parts else None for number in range(axis.parts)]
    once = [parts[number].at_once / limits.concurrent if number in parts else None for number in range(axis.parts)]
    told = "No request was sent to the provider in this time."
    if parts:
        most = max(part.requests for part in used.parts)
        at_once = max(part.at_once for part in used.parts)
        told = (
            f"At most {most:,} of {limits.requests:,} requests within {duration(limits.window * 1000.0)}, "
            f"and {at_once:,} of {limits.concurrent:,} at once."
        )
    measure = Measure(percent, _QUARTER, 1.0, "the limit")
    lines = (Curve("Requests", rate), Curve("At once", once))
    return curves("limits", "Limits used", told, axis, *lines, measure=measure)


def _axis(span: Span) -> TimeAxis:
    return TimeAxis(span.start, span.part, span.parts)


def _latency(axis: TimeAxis, parts: Mapping[int, RunPart]) -> Picture:
    told = "Nothing ran in this time."
    if parts:
        slowest = max(parts.values(), key=lambda part: part.slow)
        told = f"At the slowest, 95 of 100 runs took no longer than {duration(slowest.slow)}, half of them {duration(slowest.median)}."
    half = [parts[number].median if number in parts else None for number in range(axis.parts)]
    most = [parts[number].slow if number in parts else None for number in range(axis.parts)]
    lines = (Curve("Half take at most (p50)", half), Curve("95 of 100 at most (p95)", most))
    return curves("latency", "Time a run takes", told, axis, *lines, measure=Measure(duration))


def _meanings() -> Mapping[str, str]:
    """What each error code means: the first line of its row in the table of errors."""
    return {kind.code: (inspect.getdoc(kind) or "").partition("\n")[0] for kind in all_errors()}


# Each kind of note: its shape, what the legend calls it, and its name.
_HAPPENED: Mapping[GrantKind, tuple[str, str, str]] = {
    GrantKind.LINKED: ("diamond", "linked", "Linked"),
    GrantKind.RELINKED: ("diamond", "linked", "Linked again"),
    GrantKind.REFRESHED: ("dot", "refreshed", "Token refreshed"),
    GrantKind.FAILED: ("triangle", "failed", "Refreshing failed; tried again"),
    GrantKind.REFUSED: ("cross", "refused or ended", "Refreshing refused"),
    GrantKind.ENDED: ("cross", "refused or ended", "Tokens erased"),
}
_ENDS = frozenset({GrantKind.REFUSED, GrantKind.ENDED})


def grant_picture(history: GrantHistory) -> Picture:
    """When an account's token was valid, and what happened to its access."""
    events = [Happening(note.at, *_HAPPENED[note.kind], more=note.code or "") for note in history.notes]
    names = ("grant", "Access over time", _access_told(history))
    return timeline(names, _axis(history.span), _held(history.notes), events, holds="token valid")


def _held(notes: Sequence[GrantNote]) -> list[Stretch]:
    """From each token to its end, to the next one, or to what ended it."""
    found = []
    for number, note in enumerate(notes):
        if note.expires_at is not None:
            ended = next((later.at for later in notes[number + 1 :] if later.expires_at or later.kind in _ENDS), None)
            found.append(Stretch(note.at, min(note.expires_at, ended) if ended else note.expires_at))
    return [each for each in found if each.end > each.start]


def _access_told(history: GrantHistory) -> str:
    notes = [note for note in history.notes if note.at >= history.span.start]
    counts = Counter(note.kind for note in notes)
    told = f"Refreshed {_times(counts[GrantKind.REFRESHED])}, failed {_times(counts[GrantKind.FAILED] + counts[GrantKind.REFUSED])}."
    last = next((note for note in reversed(history.notes) if note.expires_at or note.kind in _ENDS), None)
    if last is None or last.expires_at is None:
        return told
    left = (last.expires_at - history.now).total_seconds()
    return (
        f"{told} The token is valid for {duration(left * 1000)}."
        if left > 0
        else f"{told} The token has run out; the next call refreshes it."
    )


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count:,} times")
