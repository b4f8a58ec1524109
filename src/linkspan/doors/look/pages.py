"""Draws pages: one Jinja2 environment per door over the shared layout, and the headers each page is sent with."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from linkspan.doors.look.assets import asset
from linkspan.doors.look.headers import page_headers
from linkspan.doors.look.markdown import to_html
from linkspan.settings import Settings

_LOOK = Path(__file__).with_name("templates")


class Look(TypedDict):
    """Whose page it is: the product's name, its logo's address and the CSS of its colour."""

    product: str
    logo: str | None
    style: str


OURS = Look(product="", logo=None, style="")


class Pages:
    """The pages of one door: its own `templates` folder first, the shared layout behind it."""

    def __init__(self, settings: Settings, templates: Path, *, keeps_opener: bool = False) -> None:
        self._keeps_opener = keeps_opener
        self._https = settings.base_url.startswith("https:")
        self._environment = Environment(
            loader=FileSystemLoader([templates, _LOOK]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = asset
        self._environment.filters["markdown"] = to_html

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        cache: str = "no-store",
        form_targets: Iterable[str] = (),
        style: str = "",
        names: Mapping[str, object] = MappingProxyType({}),
        **context: object,
    ) -> HTMLResponse:
        """A page out of a template; every name the template uses must be in `context` or `names`. `style`: CSS of this page alone."""
        html = self._environment.get_template(template).render({**names, **context}, style=Markup(style))  # noqa: S704 - made by accent_style
        headers = page_headers(
            https=self._https, form_targets=form_targets, cache=cache, style=style, keeps_opener=self._keeps_opener
        )
        return HTMLResponse(html, status_code=status, headers=headers)
