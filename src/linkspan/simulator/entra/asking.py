"""Reading what an application asks of the sign-in page: authorization and administrator-consent requests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlencode, urlsplit

from linkspan.simulator.entra.authority import Authority, Realm
from linkspan.simulator.entra.directory import AppRegistration
from linkspan.simulator.entra.errors import ERROR_PAGE, EntraError, Incident, describe, entra_error
from linkspan.simulator.entra.scopes import ScopeRequest, read_scopes

ResponseMode = Literal["query", "fragment", "form_post"]
_MODES: Final[Mapping[str, ResponseMode]] = {"query": "query", "fragment": "fragment", "form_post": "form_post"}
_PROMPTS: Final = frozenset({"", "login", "none", "consent", "select_account"})
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_OTHER_RESPONSE_TYPES: Final = frozenset({"token", "id_token"})


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """Where and how an answer goes back to the application."""

    redirect_uri: str
    mode: ResponseMode
    state: str | None

    def with_state(self, answer: dict[str, str]) -> dict[str, str]:
        """Return `answer` with the application's state, if it sent one."""
        return answer if self.state is None else {**answer, "state": self.state}

    def url(self, answer: dict[str, str]) -> str:
        """Return the redirect URI carrying `answer` in its query or fragment."""
        encoded = urlencode(answer)
        if self.mode == "fragment":
            return f"{self.redirect_uri}#{encoded}"
        joint = "&" if urlsplit(self.redirect_uri).query else "?"
        return f"{self.redirect_uri}{joint}{encoded}"


class RedirectedError(Exception):
    """A refusal that the application is told by redirect, because client and redirect URI are proved."""

    def __init__(self, cause: EntraError, back: ReturnAddress) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.back = back


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """A checked authorization request."""

    realm: Realm
    app: AppRegistration
    back: ReturnAddress
    scopes: ScopeRequest
    prompt: str = ""
    login_hint: str | None = None
    challenge: str | None = field(default=None, repr=False)
    challenge_method: str = "plain"
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class AdminConsentRequest:
    """A checked request for an administrator's consent; `version` 1 asks for all registered permissions."""

    realm: Realm
    app: AppRegistration
    back: ReturnAddress
    names: frozenset[str]
    version: Literal[1, 2]
    prompt: str = "login"
    login_hint: str | None = None


SignInRequest = AuthorizeRequest | AdminConsentRequest


def need(parameters: Mapping[str, str], name: str) -> str:
    """Return a parameter; raises EntraError 900144 when it is missing or empty."""
    value = parameters.get(name, "")
    if not value:
        raise entra_error(900144, name=name)
    return value


def read_authorize_request(authority: Authority, segment: str, parameters: Mapping[str, str]) -> AuthorizeRequest:
    """Check an authorization request.

    Raises EntraError for what must be shown as a page (tenant, client and redirect URI are not proved yet) and
    RedirectedError for every later mistake.
    """
    realm = authority.realm(segment)
    app, redirect_uri = _client(authority, realm, parameters)
    back = ReturnAddress(
        redirect_uri, _MODES.get(parameters.get("response_mode", ""), "query"), parameters.get("state")
    )
    try:
        return _read_rest(realm, app, back, parameters)
    except EntraError as refusal:
        raise RedirectedError(refusal, back) from refusal


def read_admin_consent_request(
    authority: Authority, segment: str, parameters: Mapping[str, str], version: Literal[1, 2]
) -> AdminConsentRequest:
    """Check an administrator-consent request; raises as `read_authorize_request` does."""
    realm = authority.realm(segment)
    app, redirect_uri = _client(authority, realm, parameters)
    back = ReturnAddress(redirect_uri, "query", parameters.get("state"))
    if version == 1:
        return AdminConsentRequest(realm, app, back, app.permissions | app.roles, version)
    try:
        scopes = read_scopes(need(parameters, "scope"), app, tenant_name=realm.segment, at_authorize=True)
    except EntraError as refusal:
        raise RedirectedError(refusal, back) from refusal
    roles = app.roles if ".default" in parameters["scope"] else frozenset()
    return AdminConsentRequest(realm, app, back, scopes.names | roles, version)


def _client(authority: Authority, realm: Realm, parameters: Mapping[str, str]) -> tuple[AppRegistration, str]:
    app = authority.app_in(realm, need(parameters, "client_id"))
    redirect_uri = need(parameters, "redirect_uri")
    if not app.accepts_redirect(redirect_uri):
        raise entra_error(50011, redirect_uri=redirect_uri, client_id=app.client_id)
    return app, redirect_uri


def _read_rest(
    realm: Realm, app: AppRegistration, back: ReturnAddress, parameters: Mapping[str, str]
) -> AuthorizeRequest:
    _check_response(parameters)
    prompt = parameters.get("prompt", "")
    if prompt not in _PROMPTS:
        raise entra_error(90023, name="prompt", value=prompt)
    place = realm.tenant.name if realm.tenant else realm.segment
    scopes = read_scopes(need(parameters, "scope"), app, tenant_name=place, at_authorize=True)
    challenge, method = _challenge(parameters)
    return AuthorizeRequest(
        realm,
        app,
        back,
        scopes,
        prompt=prompt,
        login_hint=parameters.get("login_hint") or None,
        challenge=challenge,
        challenge_method=method,
        nonce=parameters.get("nonce"),
    )


def _check_response(parameters: Mapping[str, str]) -> None:
    response_type = need(parameters, "response_type")
    if response_type != "code":
        known = set(response_type.split()) <= {"code", *_OTHER_RESPONSE_TYPES}
        raise entra_error(700054 if known else 70005, response_type=response_type)
    mode = parameters.get("response_mode") or "query"
    if mode not in _MODES:
        raise entra_error(90023, name="response_mode", value=mode)


def _challenge(parameters: Mapping[str, str]) -> tuple[str | None, str]:
    challenge = parameters.get("code_challenge")
    method = parameters.get("code_challenge_method") or "plain"
    if challenge is None and "code_challenge_method" not in parameters:
        return None, method
    if method not in {"S256", "plain"}:
        raise entra_error(90023, name="code_challenge_method", value=method)
    if challenge is None or not _CHALLENGE.fullmatch(challenge):
        raise entra_error(50147)
    return challenge, method


def refusal_answer(refusal: EntraError, incident: Incident) -> dict[str, str]:
    """Return the parameters that tell an application of a refusal at the sign-in page."""
    # A missing consent is invalid_grant at the token endpoint; in the browser it means that somebody must act.
    error = "interaction_required" if refusal.error == "invalid_grant" else refusal.error
    answer = {"error": error, "error_description": describe(refusal, incident)}
    if refusal.code in {65004, 90094}:
        answer["error_subcode"] = "cancel"
    answer["error_uri"] = f"{ERROR_PAGE}{refusal.code}"
    return answer
