"""What Entra's AADSTS codes mean: for the person who links, for the profile's owner, and for a grant that is refreshed.

Codes and causes: Microsoft's AADSTS reference. The words are ours.
"""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

from linkspan.errors import (
    AdminConsentRequiredError,
    ApplicationNotFoundError,
    ClientSecretExpiredError,
    ClientSecretWrongError,
    CodeRedeemedError,
    ConsentRefusedError,
    LinkingError,
    RedirectMismatchError,
    SignInRefusedError,
    TenantNotFoundError,
)


class Blame(enum.Enum):
    """Whose a refusal is when a token is refreshed: what must change before it can succeed.

    GRANT: the user signs in again. PROFILE: the integrator mends the OAuth client; every grant stays good. PASSING: it passes.
    """

    GRANT = "grant"
    PROFILE = "profile"
    PASSING = "passing"


@dataclass(frozen=True, slots=True)
class Row:
    """One code: the error of a linking, whose refusal it is on refresh, and our own message and next step where the error's do not fit."""

    linking: type[LinkingError]
    blame: Blame
    reason: str
    message: str | None = None
    next_step: str | None = None


_AGAIN = "Sign in again from the link page."
_POLICY = (
    "An Entra administrator allows this application for the user in Conditional Access; then link the account again."
)
_G, _P, _T = Blame.GRANT, Blame.PROFILE, Blame.PASSING

ROWS: Mapping[int, Row] = {
    # The profile's OAuth client
    7000215: Row(ClientSecretWrongError, _P, "client_secret_wrong"),
    7000218: Row(
        ClientSecretWrongError,
        _P,
        "client_secret_missing",
        "The provider wants a client secret, and the profile has none.",
        "Enter the client secret's value in the connector profile.",
    ),
    7000222: Row(ClientSecretExpiredError, _P, "client_secret_expired"),
    700025: Row(
        SignInRefusedError,
        _P,
        "application_is_public",
        "The application is registered as a public client, which may have no secret.",
        "In Entra, register the redirect URI under the platform Web, not as mobile or desktop application.",
    ),
    700027: Row(
        SignInRefusedError,
        _P,
        "certificate_wrong",
        "The provider does not accept the signature of the profile's certificate.",
        "Upload the certificate's public part to the application in Entra, and the private part to the connector profile.",
    ),
    700016: Row(ApplicationNotFoundError, _P, "application_not_found"),
    7000229: Row(
        ApplicationNotFoundError,
        _P,
        "application_not_in_tenant",
        "The application has no service principal in this tenant.",
        "An administrator of the tenant opens the admin-consent link of the guide.",
    ),
    50011: Row(RedirectMismatchError, _P, "redirect_uri_mismatch"),
    500112: Row(RedirectMismatchError, _P, "redirect_uri_mismatch"),
    50194: Row(
        ApplicationNotFoundError,
        _P,
        "single_tenant_application",
        "The application is registered for one tenant only.",
        "Link with the ID of the tenant that the application is registered in.",
    ),
    9001023: Row(TenantNotFoundError, _P, "tenant_needed", "This sign-in needs a tenant of its own."),
    500011: Row(
        SignInRefusedError,
        _P,
        "resource_not_in_tenant",
        "Business Central is not set up in this tenant.",
        "Link with the tenant that owns the Business Central environment, or let its administrator add Business Central.",
    ),
    650057: Row(
        SignInRefusedError,
        _P,
        "permission_not_requested",
        "The application does not ask for the Business Central permission.",
        "In Entra, add the delegated permission that the guide names (Dynamics 365 Business Central) to the application.",
    ),
    650053: Row(
        SignInRefusedError,
        _P,
        "scope_unknown",
        "The application asks for a scope that Business Central does not have.",
        "Correct the scopes of the connector profile, or leave them empty.",
    ),
    70011: Row(
        SignInRefusedError,
        _P,
        "scope_invalid",
        "A scope of the profile is not valid.",
        "Correct the scopes of the connector profile, or leave them empty.",
    ),
    28000: Row(
        SignInRefusedError,
        _P,
        "scope_of_two_resources",
        "The profile's scopes belong to more than one resource.",
        "Leave only Business Central's scopes in the connector profile, or none.",
    ),
    # Tenant and user
    90002: Row(TenantNotFoundError, _G, "tenant_not_found"),
    90023: Row(TenantNotFoundError, _G, "tenant_not_found"),
    900023: Row(TenantNotFoundError, _G, "tenant_not_found"),
    50020: Row(
        SignInRefusedError,
        _G,
        "user_not_in_tenant",
        "The user does not belong to this tenant.",
        "Sign in as a user of the tenant, or let its administrator invite the user as a guest.",
    ),
    50034: Row(
        SignInRefusedError,
        _G,
        "user_not_found",
        "There is no such user in this tenant.",
        "Sign in as a user of the tenant.",
    ),
    50057: Row(SignInRefusedError, _G, "user_disabled", "The user is disabled.", "Sign in as another user."),
    50105: Row(
        SignInRefusedError,
        _G,
        "user_not_assigned",
        "The user is not assigned to the application.",
        "An Entra administrator assigns the user (Enterprise applications > Users and groups).",
    ),
    # Consent
    65001: Row(
        AdminConsentRequiredError,
        _G,
        "consent_missing",
        "Nobody has agreed yet to this application's access.",
        "Accept on the sign-in page, or let an administrator open the admin-consent link of the guide; then link again.",
    ),
    65004: Row(ConsentRefusedError, _G, "consent_refused"),
    90094: Row(AdminConsentRequiredError, _G, "admin_consent_required"),
    90093: Row(AdminConsentRequiredError, _G, "admin_consent_required"),
    90095: Row(
        AdminConsentRequiredError,
        _G,
        "admin_consent_required",
        "An administrator has to review the request for access.",
    ),
    # Conditional Access
    50074: Row(SignInRefusedError, _G, "mfa_required", "The tenant asks for multifactor authentication.", _AGAIN),
    50076: Row(SignInRefusedError, _G, "mfa_required", "The tenant asks for multifactor authentication.", _AGAIN),
    50079: Row(
        SignInRefusedError, _G, "mfa_enrolment_required", "The user has to enrol in multifactor authentication.", _AGAIN
    ),
    53003: Row(
        SignInRefusedError, _G, "conditional_access", "Conditional Access does not allow this sign-in.", _POLICY
    ),
    53000: Row(SignInRefusedError, _G, "conditional_access", "Conditional Access wants a compliant device.", _POLICY),
    70043: Row(
        SignInRefusedError,
        _G,
        "sign_in_frequency",
        "Conditional Access asks users to sign in again after a while.",
        _AGAIN,
    ),
    # Codes and refresh tokens
    54005: Row(CodeRedeemedError, _G, "code_already_redeemed"),
    70008: Row(
        SignInRefusedError, _G, "grant_expired", "The sign-in code (or the account's grant) has expired.", _AGAIN
    ),
    70000: Row(
        SignInRefusedError,
        _G,
        "grant_invalid",
        "The provider does not accept the sign-in code (or the account's grant).",
        _AGAIN,
    ),
    700005: Row(SignInRefusedError, _G, "code_of_other_tenant", "The sign-in code belongs to another tenant.", _AGAIN),
    501481: Row(
        SignInRefusedError, _G, "pkce_mismatch", "The sign-in was not finished by the browser that started it.", _AGAIN
    ),
    50147: Row(SignInRefusedError, _G, "pkce_mismatch", "The provider does not accept the code challenge.", _AGAIN),
    50089: Row(SignInRefusedError, _G, "sign_in_page_expired", "The sign-in page has expired.", _AGAIN),
    50126: Row(SignInRefusedError, _G, "password_wrong", "The user name or password was wrong.", _AGAIN),
    50173: Row(
        SignInRefusedError, _G, "grant_revoked", "The grant was revoked: the password was changed or reset.", _AGAIN
    ),
    700082: Row(SignInRefusedError, _G, "grant_unused", "The grant has expired: it was not used for 90 days.", _AGAIN),
    700084: Row(SignInRefusedError, _G, "grant_expired", "The grant was issued for 24 hours and has expired.", _AGAIN),
    50132: Row(SignInRefusedError, _G, "grant_revoked", "The session was revoked.", _AGAIN),
    50133: Row(SignInRefusedError, _G, "grant_revoked", "The session was revoked: the password was changed.", _AGAIN),
    # Passing troubles
    90033: Row(
        SignInRefusedError, _T, "provider_unavailable", "Entra has a passing trouble.", "Wait a minute and try again."
    ),
    90006: Row(
        SignInRefusedError, _T, "provider_unavailable", "Entra has a passing trouble.", "Wait a minute and try again."
    ),
    50196: Row(
        SignInRefusedError,
        _T,
        "provider_loop",
        "Entra slows down this application's requests.",
        "Wait some minutes and try again.",
    ),
}

# What OAuth's own error words mean (RFC 6749 §4.1.2.1, §5.2) when the code is missing or unknown.
WORDS: Mapping[str, Row] = {
    "access_denied": Row(ConsentRefusedError, _G, "consent_refused"),
    "invalid_client": Row(
        ClientSecretWrongError,
        _P,
        "client_refused",
        next_step="Check the client ID, and enter the client secret's value again in the connector profile.",
    ),
    "invalid_grant": Row(SignInRefusedError, _G, "grant_invalid"),
    "interaction_required": Row(SignInRefusedError, _G, "sign_in_required", next_step=_AGAIN),
    "login_required": Row(SignInRefusedError, _G, "sign_in_required", next_step=_AGAIN),
    "consent_required": Row(AdminConsentRequiredError, _G, "consent_missing"),
    "unauthorized_client": Row(ApplicationNotFoundError, _P, "application_refused"),
    "invalid_scope": Row(SignInRefusedError, _P, "scope_invalid"),
    "invalid_resource": Row(SignInRefusedError, _P, "resource_refused"),
    "invalid_request": Row(SignInRefusedError, _P, "request_refused"),
    "temporarily_unavailable": Row(
        SignInRefusedError, _T, "provider_unavailable", next_step="Wait a minute and try again."
    ),
    "server_error": Row(SignInRefusedError, _T, "provider_unavailable", next_step="Wait a minute and try again."),
}
UNKNOWN = Row(SignInRefusedError, Blame.PASSING, "provider_refused")

_CODE = re.compile(r"AADSTS(\d{4,8})")


def code_in(text: str) -> int | None:
    """The AADSTS code that an error description begins with."""
    found = _CODE.search(text)
    return int(found.group(1)) if found else None


def row_of(error: str, code: int | None) -> Row:
    """The row of a refusal: by its code, or else by OAuth's error word."""
    return ROWS.get(code or 0) or WORDS.get(error) or UNKNOWN
