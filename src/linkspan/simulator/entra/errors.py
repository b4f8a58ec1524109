"""Every AADSTS refusal the simulated Entra can answer with: OAuth error, HTTP status, text and wire shapes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from linkspan.simulator.entra.rare_refusals import RARE

ERROR_PAGE: Final = "https://login.microsoftonline.com/error?code="


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one AADSTS code stands for; `text` has {placeholders} filled by `entra_error`."""

    error: str
    status: int
    text: str
    suberror: str | None = None


class EntraError(Exception):
    """A refusal of the directory, on its way to a JSON body, a redirect or a page."""

    def __init__(self, code: int, text: str, meaning: Meaning) -> None:
        """Keep the AADSTS code, the finished text and the code's meaning."""
        super().__init__(f"AADSTS{code}: {text}")
        self.code = code
        self.text = text
        self.error = meaning.error
        self.status = meaning.status
        self.suberror = meaning.suberror

    def needs_claims(self) -> bool:
        """Tell whether the caller must sign in again with a claims challenge (multifactor, Conditional Access)."""
        return self.code in _CHALLENGED


@dataclass(frozen=True, slots=True)
class Incident:
    """The identifiers that support staff would look a refusal up by."""

    trace_id: UUID
    correlation_id: UUID
    at: datetime

    @property
    def timestamp(self) -> str:
        """The moment as Entra writes it, such as 2026-11-23 10:00:00Z."""
        return self.at.strftime("%Y-%m-%d %H:%M:%SZ")


def new_incident(at: datetime, client_request_id: str | None) -> Incident:
    """Make an incident; a GUID that the client sent as client-request-id becomes the correlation id."""
    try:
        correlation = UUID(client_request_id or "")
    except ValueError:
        correlation = uuid4()
    return Incident(uuid4(), correlation, at)


def _invalid_request(text: str) -> Meaning:
    return Meaning("invalid_request", 400, text)


def _invalid_client(text: str, status: int = 401) -> Meaning:
    return Meaning("invalid_client", status, text)


def _invalid_grant(text: str, suberror: str | None = None) -> Meaning:
    return Meaning("invalid_grant", 400, text, suberror)


_UNREDEEMABLE: Final = "The authorization code cannot be redeemed here: "
MEANINGS: Final[dict[int, Meaning]] = {
    16000: Meaning("interaction_required", 400, "Several accounts are signed in; the user has to choose one."),
    28000: Meaning("invalid_scope", 400, "A token is for one resource, but the scope names several: {scope}."),
    50011: _invalid_request(
        "The redirect URI '{redirect_uri}' of the request is not among the redirect URIs registered for the "
        "application '{client_id}'. Register exactly this URI, or send one that is registered."
    ),
    50020: Meaning(
        "unauthorized_client", 400, "The account '{user}' of the directory '{home}' has no place in '{tenant}'."
    ),
    50034: _invalid_grant("The account '{user}' does not exist in the directory '{tenant}'."),
    50058: Meaning("login_required", 400, "Silent sign-in was asked for, but nobody is signed in."),
    50074: _invalid_grant("Strong authentication is required.", "basic_action"),
    50076: _invalid_grant(
        "Multifactor authentication is required for '{resource}', because of a change by an administrator "
        "or a new location.",
        "basic_action",
    ),
    50079: _invalid_grant("The user must enrol in multifactor authentication for '{resource}'.", "basic_action"),
    50089: _invalid_request("The sign-in page has expired or belongs to another browser. Start the sign-in again."),
    50126: _invalid_grant("The user name or the password is wrong."),
    50147: _invalid_request("The code challenge is missing or has a size outside 43 to 128 characters."),
    50173: _invalid_grant(
        "The grant was given before its user's tokens were revoked (password change or administrator). "
        "The user has to sign in again.",
        "bad_token",
    ),
    50194: _invalid_request(
        "Application '{client_id}' ({name}) is for one tenant only and cannot use the /{segment} endpoint. "
        "Use the tenant's own endpoint, or register the application for many tenants."
    ),
    53003: _invalid_grant("Conditional Access does not allow a token to be issued.", "message_only"),
    54005: _invalid_grant("The authorization code was redeemed before. Start a new sign-in to get another one."),
    65001: _invalid_grant(
        "Neither the user nor an administrator has consented to the application '{client_id}' ({name}). "
        "Send an interactive authorization request for this user and resource.",
        "consent_required",
    ),
    65004: Meaning("access_denied", 400, "The user declined to consent to the application."),
    70000: _invalid_grant("The grant is not valid: {reason}."),
    70003: Meaning("unsupported_grant_type", 400, "The grant type '{grant_type}' is not supported."),
    70005: Meaning("unsupported_response_type", 400, "The response type '{response_type}' is not supported."),
    70008: _invalid_grant("The authorization code has expired. Start a new sign-in to get another one."),
    70011: Meaning("invalid_scope", 400, "The scope '{scope}' is not valid. {reason}"),
    70016: Meaning("authorization_pending", 400, "The person has not finished the sign-in yet. Continue polling."),
    70018: Meaning("bad_verification_code", 400, "The code of the device is not known, or it is used up."),
    70019: Meaning("expired_token", 400, "The code of the device has expired. Ask for a new one."),
    70043: _invalid_grant("The refresh token has expired by the sign-in frequency of Conditional Access.", "bad_token"),
    90002: _invalid_request(
        "Tenant '{segment}' was not found. Check the tenant ID or domain name, and that this is the right cloud."
    ),
    90023: _invalid_request("The value '{value}' of the parameter '{name}' is not allowed."),
    90033: Meaning("temporarily_unavailable", 503, "A transient error has occurred. Try again later."),
    90094: Meaning("access_denied", 400, "An administrator has to consent to this application."),
    500011: Meaning(
        "invalid_resource",
        400,
        "The resource principal named {resource} was not found in the tenant named {tenant}. The application "
        "may be missing from the tenant, or the scope is for another cloud.",
    ),
    500112: _invalid_client(
        "The reply address '{sent}' differs from the one that the authorization code was asked with, '{expected}'.", 400
    ),
    501481: _invalid_grant("The code_verifier does not match the code_challenge of the authorization request."),
    650053: _invalid_client(
        "The application '{name}' asked for scope '{scope}' that does not exist on the resource '{resource}'.", 400
    ),
    650057: Meaning(
        "invalid_resource",
        400,
        "The client asked for the resource '{resource}', which is not in the permissions of its registration "
        "'{client_id}' ({name}).",
    ),
    700005: _invalid_grant(_UNREDEEMABLE + "it was issued in another tenant."),
    700016: Meaning(
        "unauthorized_client",
        400,
        "The application '{client_id}' was not found in the directory '{tenant}'. It may not be installed by the "
        "tenant's administrator, or the request went to the wrong tenant.",
    ),
    700021: _invalid_client("Issuer and subject of the client assertion must both be the client id."),
    700023: _invalid_client("The audience of the client assertion is neither the token endpoint nor the issuer."),
    700024: _invalid_client("The client assertion is outside its time of validity (nbf to exp)."),
    700025: _invalid_client("The client is public, so neither 'client_assertion' nor 'client_secret' may be sent."),
    700027: _invalid_client("The client assertion has an invalid signature. [Reason - {reason}.]"),
    700054: Meaning(
        "unsupported_response_type",
        400,
        "The response type '{response_type}' is not enabled for the application; use 'code'.",
    ),
    700082: _invalid_grant("The refresh token has expired, because it was not used for 90 days.", "token_expired"),
    700084: _invalid_grant(
        "The refresh token of a single-page application has expired, 24 hours after the sign-in.", "token_expired"
    ),
    900144: _invalid_request("The request must contain the parameter '{name}'."),
    900561: _invalid_request("The endpoint accepts {allowed} requests only. Received a {method} request."),
    700022: Meaning(
        "invalid_scope", 400, "With client credentials the scope names one resource, but here are several: {scope}."
    ),
    1002012: Meaning(
        "invalid_scope",
        400,
        "The scope '{scope}' is not valid. With client credentials the scope is the resource followed by /.default.",
    ),
    7000215: _invalid_client(
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
        "not the client secret ID, for a secret added to app '{client_id}'."
    ),
    7000218: _invalid_client("The request must contain the parameter 'client_assertion' or 'client_secret'."),
    7000222: _invalid_client("The client secrets of app '{client_id}' have expired. Add a new secret and send that."),
    7000229: Meaning(
        "unauthorized_client", 401, "The application '{client_id}' has no service principal in the tenant '{tenant}'."
    ),
    9002325: _invalid_request("A code for a single-page application must be redeemed with PKCE."),
    9002326: _invalid_request(
        "Tokens may be redeemed across origins only for redirect URIs of the type single-page application. "
        "Request origin: '{origin}'."
    ),
    9002327: _invalid_request(
        "Tokens of a redirect URI of the type single-page application may only be redeemed across origins."
    ),
    9001023: _invalid_request("The grant type is not supported over the /{segment} endpoint. Use a tenant's own."),
    9002313: _invalid_request("The request is malformed or invalid: {reason}."),
}
MEANINGS.update({code: Meaning(*refusal) for code, refusal in RARE.items()})
_CHALLENGED: Final = frozenset({50074, 50076, 50079, 53003})


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def entra_error(code: int, **facts: object) -> EntraError:
    """Build the refusal `code`, filling its text with `facts`. Raises KeyError for a code not in `MEANINGS`."""
    meaning = MEANINGS[code]
    filled = meaning.text.format_map(_Blank({name: str(fact) for name, fact in facts.items()}))
    return EntraError(code, filled, meaning)


def describe(error: EntraError, incident: Incident) -> str:
    """Return the error_description: code, text and incident, in Entra's line format."""
    return (
        f"AADSTS{error.code}: {error.text}\r\nTrace ID: {incident.trace_id}\r\n"
        f"Correlation ID: {incident.correlation_id}\r\nTimestamp: {incident.timestamp}"
    )


def error_body(error: EntraError, incident: Incident) -> dict[str, object]:
    """Return the JSON body of a refusal by the token and discovery endpoints."""
    body: dict[str, object] = {
        "error": error.error,
        "error_description": describe(error, incident),
        "error_codes": [error.code],
        "timestamp": incident.timestamp,
        "trace_id": str(incident.trace_id),
        "correlation_id": str(incident.correlation_id),
        "error_uri": f"{ERROR_PAGE}{error.code}",
    }
    if error.suberror is not None:
        body["suberror"] = error.suberror
    if error.needs_claims():
        body["claims"] = '{"access_token":{"capolids":{"essential":true,"values":["' + str(incident.trace_id) + '"]}}}'
    return body
