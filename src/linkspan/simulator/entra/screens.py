"""The pages that ask a person something: who they are, and whether they agree."""

from starlette.responses import Response

from linkspan.simulator.entra.asking import AdminConsentRequest
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.demo import PASSWORDS
from linkspan.simulator.entra.directory import User
from linkspan.simulator.entra.errors import EntraError
from linkspan.simulator.entra.pages import page
from linkspan.simulator.entra.resources import RESOURCES, describe_scope
from linkspan.simulator.entra.sessions import Flow


def sign_in_screen(authority: Authority, flow: Flow, *, refusal: EntraError | None = None, typed: str = "") -> Response:
    """Ask for user name and password; the demo users of the tenant are listed with their published passwords."""
    people = [user for user in authority.directory.users if authority.belongs(user, flow.request.realm)]
    published = [(user, PASSWORDS[user.upn]) for user in people if PASSWORDS.get(user.upn) == user.password]
    return _screen("signin.html", flow, refusal=refusal, typed=typed, published=published)


def account_screen(flow: Flow, users: list[User]) -> Response:
    """Ask which of the signed-in users to go on with."""
    return _screen("account.html", flow, users=users)


def consent_screen(authority: Authority, flow: Flow, user: User, names: frozenset[str]) -> Response:
    """Ask whether the application may have the permissions `names`."""
    wanted = flow.request
    by_admin = isinstance(wanted, AdminConsentRequest)
    stays = not isinstance(wanted, AdminConsentRequest) and "offline_access" in wanted.scopes.openid
    return _screen(
        "consent.html",
        flow,
        user=user,
        permissions=[_permission(name) for name in sorted(names)],
        keeps_access=stays,
        for_tenant=authority.directory.tenant(user.tenant_id).name if by_admin else None,
    )


def multifactor_screen(flow: Flow, user: User) -> Response:
    """Ask for a second proof."""
    return _screen("multifactor.html", flow, user=user)


def approval_screen(flow: Flow, user: User) -> Response:
    """Tell a user that an administrator has to consent; the only way on is back to the application."""
    return _screen("approval.html", flow, user=user)


def _permission(name: str) -> tuple[str, str, str]:
    try:
        resource, sentence = describe_scope(name)
    except KeyError:
        uri, _, role = name.rpartition("/")
        resource = next(known.name for known in RESOURCES if known.uri == uri)
        sentence = f"Act on its own, without a signed-in user, with the role {role}."
    return name, resource, sentence


def _screen(template: str, flow: Flow, **values: object) -> Response:
    wanted = flow.request
    return page(
        template,
        leads_to=wanted.back.redirect_uri,
        values={"flow": flow, "app": wanted.app, "realm": wanted.realm, **values},
    )
