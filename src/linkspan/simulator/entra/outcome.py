"""What a finished sign-in leads to: consents recorded, codes issued, answers for the application."""

from linkspan.simulator.entra.asking import AdminConsentRequest, AuthorizeRequest, SignInRequest
from linkspan.simulator.entra.authority import Authority
from linkspan.simulator.entra.directory import User
from linkspan.simulator.entra.errors import Incident, describe, entra_error
from linkspan.simulator.entra.grants import CODE_LIFETIME, SINGLE_PAGE_LIFETIME, AuthorizationCode, Grant
from linkspan.simulator.entra.sessions import Session


def missing_consents(authority: Authority, wanted: SignInRequest, user: User) -> frozenset[str] | None:
    """Return the full scope names that the consent page must ask for, or None when no page is needed."""
    if isinstance(wanted, AdminConsentRequest):
        return wanted.names
    client_id, tenant_id = wanted.app.client_id, user.tenant_id
    if wanted.prompt == "consent" or not authority.consents.has_any(client_id, user.id, tenant_id):
        return wanted.scopes.names
    return (wanted.scopes.names - authority.consents.granted(client_id, user.id, tenant_id)) or None


def stays_behind(authority: Authority, wanted: SignInRequest, user: User) -> bool:
    """Tell whether only an administrator may consent to this request, and the user is none."""
    for_administrators = isinstance(wanted, AdminConsentRequest) or authority.consents.policy == "administrators_only"
    return for_administrators and not user.administrator


def accept_consent(authority: Authority, wanted: SignInRequest, user: User, *, for_everyone: bool) -> None:
    """Record that a user said yes; an administrator may say it `for_everyone` in the tenant."""
    client_id = wanted.app.client_id
    if isinstance(wanted, AdminConsentRequest):
        authority.consents.grant_for_tenant(client_id, user.tenant_id, wanted.names)
    elif for_everyone and user.administrator:
        authority.consents.grant_for_tenant(client_id, user.tenant_id, wanted.scopes.names)
    else:
        authority.consents.grant_for_user(client_id, user.id, wanted.scopes.names)


def code_answer(authority: Authority, wanted: AuthorizeRequest, user: User, session: Session | None) -> dict[str, str]:
    """Issue an authorization code and return the parameters that carry it back."""
    now = authority.clock.now()
    proved = session is not None and user.id in session.proved_ids
    ends = now + SINGLE_PAGE_LIFETIME if wanted.app.is_single_page(wanted.back.redirect_uri) else None
    app = wanted.app
    code = authority.grants.issue_code(
        AuthorizationCode(
            Grant(app.client_id, user.id, user.tenant_id, wanted.scopes, multifactor=proved, ends=ends, since=now),
            wanted.back.redirect_uri,
            now + CODE_LIFETIME,
            challenge=wanted.challenge,
            challenge_method=wanted.challenge_method,
            nonce=wanted.nonce,
        )
    )
    answer = {"code": code}
    if session is not None:
        answer["session_state"] = str(session.id)
    return answer


def admin_success(wanted: AdminConsentRequest, user: User) -> dict[str, str]:
    """Return the answer to a granted administrator consent."""
    answer = {"admin_consent": "True", "tenant": str(user.tenant_id)}
    if wanted.version == 2:  # noqa: PLR2004 - the version of the endpoint
        answer["scope"] = " ".join(sorted(wanted.names))
    return answer


def admin_refusal(wanted: AdminConsentRequest, incident: Incident) -> dict[str, str]:
    """Return the answer to a refused administrator consent."""
    error = "permission_denied" if wanted.version == 1 else "consent_required"
    text = describe(entra_error(65004), incident)
    return {"admin_consent": "True", "error": error, "error_description": text}
