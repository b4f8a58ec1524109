"""All Entra routes, in the order in which they must be tried."""

from starlette.routing import Route

from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.authorize import SignInPages
from linkspan.simulator.entra.device import DeviceEndpoints
from linkspan.simulator.entra.discovery import Discovery
from linkspan.simulator.entra.token import TokenEndpoint


def entra_routes(authority: Authority) -> list[Route]:
    """Return the routes of discovery, token endpoint, devices and sign-in pages for `authority`."""
    pages = SignInPages(authority)
    return [
        *Discovery(authority).routes(),
        *TokenEndpoint(authority).routes(),
        *DeviceEndpoints(authority, pages).routes(),
        *pages.routes(),
    ]
