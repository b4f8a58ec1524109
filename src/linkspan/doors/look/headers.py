"""The headers that keep a page from being framed, sniffed or made to run what is not ours."""

import base64
import hashlib
from collections.abc import Iterable

SAFE_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def page_headers(
    *,
    https: bool,
    form_targets: Iterable[str] = (),
    cache: str = "no-store",
    style: str = "",
    keeps_opener: bool = False,
) -> dict[str, str]:
    """Headers of an HTML page. `form_targets`: origins that a form of the page ends up at.

    Chromium holds the redirect after a form to `form-action` too, so the page before a provider's sign-in names that origin.
    `style`: the page's one style element, allowed by its digest. `keeps_opener`: the window that opened this one may notice its closing.
    """
    policy = " ".join([_POLICY, *form_targets])
    if style:
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = policy.replace("style-src 'self'", f"style-src 'self' 'sha256-{digest}'")
    headers = {**SAFE_HEADERS, "content-security-policy": policy, "cache-control": cache}
    if keeps_opener:
        headers["cross-origin-opener-policy"] = "unsafe-none"
    if https:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers
