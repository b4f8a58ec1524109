"""The headers that keep a page from being framed, sniffed or made to run what is not ours."""

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


def page_headers(*, https: bool, form_targets: Iterable[str] = (), cache: str = "no-store") -> dict[str, str]:
    """Headers of an HTML page. `form_targets`: origins that a form of the page ends up at.

    Chromium holds the redirect after a form to `form-action` too, so the page before a provider's sign-in names that origin.
    """
    policy = " ".join([_POLICY, *form_targets])
    headers = {**SAFE_HEADERS, "content-security-policy": policy, "cache-control": cache}
    if https:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers
