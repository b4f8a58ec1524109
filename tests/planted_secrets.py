"""The secrets that tests plant, and tokens by their form: what the whole suite's databases and logs are searched for."""

import re

from linkspan.simulator.entra.demo import (
    ADMINISTRATOR,
    DEMO_EXPIRED_SECRET,
    DEMO_SECRET,
    MANY_TENANTS_SECRET,
    PASSWORDS,
)

BROWSER_VALUE = "browser-cookie-value-planted"
_TEXTS = (DEMO_SECRET, DEMO_EXPIRED_SECRET, MANY_TENANTS_SECRET, PASSWORDS[ADMINISTRATOR], BROWSER_VALUE)
# The simulator's tokens: signed access tokens, and codes and refresh tokens of a length that nothing else has.
_FORMS = {
    "an access token": re.compile(rb"eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{40,}"),
    "a code or refresh token": re.compile(rb"(?<![A-Za-z0-9_-])1\.[A-Za-z0-9_-]{600,}"),
}


def secrets_in(text: bytes) -> list[str]:
    """The names of what is found in clear."""
    found = [planted for planted in _TEXTS if planted.encode() in text]
    return found + [name for name, form in _FORMS.items() if form.search(text)]
