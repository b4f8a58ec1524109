"""Pictures of the console: figures and timelines, drawn where people would rather look than read."""

import inspect
from collections.abc import Mapping, Sequence

from linkspan.doors.look.pictures.causes import Share, causes
from linkspan.doors.look.pictures.columns import columns
from linkspan.doors.look.pictures.curves import Curve, Measure, curves
from linkspan.doors.look.pictures.frame import TimeAxis
from linkspan.doors.look.pictures.picture import Picture
from linkspan.doors.look.pictures.scale import duration, percent
from linkspan.errors import all_errors
from linkspan.storage.run_figures import RunPart, Span
from linkspan.usecases.read_figures import Figures, LimitsUsed

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
            f"At most {most:,} of {limits.requests:,} requests within {limits.window // 60 or limits.window} "
            f"{'minutes' if limits.window >= 60 else 'seconds'}, "  # noqa: PLR2004 - seconds of a minute
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
