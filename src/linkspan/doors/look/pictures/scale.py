"""Scales and how numbers are said: round steps, short figures, durations."""

import math
from collections.abc import Sequence

_LEADS = (1.0, 2.0, 5.0, 10.0)
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_MINUTE_MS, _SECOND_MS = 60_000.0, 1000.0
_TEN = 10


def steps(highest: float, about: int = 4, least: float = 1.0) -> Sequence[float]:
    """Round numbers from 0 up to at least `highest`, about so many, at least two; `least` is the smallest distance."""
    wanted = max(sane(highest), 0.0) / about
    if wanted <= least:
        step = least
    else:
        power = 10.0 ** math.floor(math.log10(wanted))
        step = next((lead * power for lead in _LEADS if lead * power >= wanted * (1 - 1e-9)), _TEN * power)
    count = max(1, math.ceil(sane(highest) / step - 1e-9))
    return [step * number for number in range(count + 1)]


def sane(value: float) -> float:
    """A number that can be drawn: nonsense of a clock that jumped, such as a negative duration, is 0."""
    return value if math.isfinite(value) and value > 0 else 0.0


def short(value: float) -> str:
    """A figure in few letters: `950`, `1.2k`, `3M`."""
    for size, unit in _UNITS:
        if value >= size:
            return f"{_three(value / size)}{unit}"
    return _three(value)


def duration(milliseconds: float) -> str:
    """A duration in few letters: `80 ms`, `1.5 s`, `3 min`."""
    if milliseconds >= _MINUTE_MS:
        return f"{short(milliseconds / _MINUTE_MS)} min"
    if milliseconds >= _SECOND_MS:
        return f"{_three(milliseconds / _SECOND_MS)} s"
    return f"{_three(milliseconds)} ms"


def percent(share: float) -> str:
    """A share of 1 as per cent."""
    return f"{short(share * 100)}%"


def _three(value: float) -> str:
    """Three digits say enough."""
    return f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:.0f}"  # noqa: PLR2004 - one digit before the point
