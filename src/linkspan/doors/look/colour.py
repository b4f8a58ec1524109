"""An accent colour that stays readable: whatever colour a project chooses, texts and buttons keep the contrast of WCAG 2.2 AA."""

from collections.abc import Iterable

_TEXT = 4.5
_LIGHT_SHEETS = ("#ffffff", "#f3f6f5", "#eaf0ef")
_DARK_SHEETS = ("#142429", "#0d181c", "#0f1d21")
_WHITE, _BLACK = "#ffffff", "#08222a"
_STEP = 0.04


def accent_style(colour: str) -> str:
    """CSS that puts the colour (`#rrggbb`) in place of our own, in light and in dark."""
    light, dark = _readable(colour, _LIGHT_SHEETS, _BLACK), _readable(colour, _DARK_SHEETS, _WHITE)
    return (
        f":root{{{_variables(light, _BLACK)}}}@media (prefers-color-scheme:dark){{:root{{{_variables(dark, _WHITE)}}}}}"
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _variables(colour: str, stronger: str) -> str:
    on = max((_WHITE, _BLACK), key=lambda ink: contrast(colour, ink))
    return f"--sea:{colour};--sea-strong:{_mixed(colour, stronger, 0.3)};--on-sea:{on}"


def _readable(colour: str, sheets: Iterable[str], towards: str) -> str:
    """The colour, moved towards black or white until it can be read on every sheet."""
    share = 0.0
    while min(contrast(_mixed(colour, towards, share), sheet) for sheet in sheets) < _TEXT and share < 1:
        share += _STEP
    return _mixed(colour, towards, min(share, 1.0))


def _mixed(colour: str, other: str, share: float) -> str:
    parts = (round(a + (b - a) * share) for a, b in zip(_channels(colour), _channels(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004  WCAG's own numbers
