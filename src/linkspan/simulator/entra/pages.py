"""The HTML of the simulator: templates, and the security headers that every page carries."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(name: str, *, status: int = 200, leads_to: str | None = None, values: Mapping[str, object]) -> HTMLResponse:
    """Render the template `name`; `leads_to` is a redirect URI that the page's forms may end at."""
    nonce = secrets.token_urlsafe(16)
    html = _ENVIRONMENT.get_template(name).render(nonce=nonce, **values)
    return HTMLResponse(html, status, headers=_headers(nonce, leads_to))


def stylesheet() -> Response:
    """Return the one stylesheet of all pages."""
    css = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    return Response(css, media_type="text/css", headers={"cache-control": "max-age=3600"})


def _headers(nonce: str, leads_to: str | None) -> dict[str, str]:
    # Browsers apply form-action to every redirect that follows a form, and an application's callback may redirect on
    # to any site: so all of http and https are allowed, and the scheme of a desktop application's redirect URI.
    scheme = urlsplit(leads_to).scheme if leads_to else ""
    schemes = " ".join(sorted({"http:", "https:"} | ({f"{scheme}:"} if scheme else set())))
    policy = (
        f"default-src 'none'; style-src 'self'; script-src 'nonce-{nonce}'; img-src data:; "
        f"form-action 'self' {schemes}; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }
