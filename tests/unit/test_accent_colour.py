"""Whatever colour a project chooses, its pages can be read."""

import re

from hypothesis import given
from hypothesis import strategies as st

from linkspan.doors.look.colour import accent_style, contrast

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
def test_texts_links_and_buttons_keep_their_contrast(colour: str) -> None:
    light, dark = accent_style(colour).split("@media")
    for css, sheets in ((light, ("#ffffff", "#eaf0ef")), (dark, ("#142429", "#0f1d21"))):
        sea, strong, on = re.findall(r"#[0-9a-f]{6}", css)

        assert min(contrast(sea, sheet) for sheet in sheets) >= 4.5
        assert min(contrast(strong, sheet) for sheet in sheets) >= 4.5
        assert contrast(on, sea) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert "--sea:#0b6e4f;" in accent_style("#0b6e4f").split("@media")[0]
    assert 21 == contrast("#ffffff", "#000000")
