"""Every failure Linkspan can name: the one tree from which all doors answer.

LinkspanError
├── FixRequestError          the caller changes the request (ConfigurationError: start-up and CLI only)
├── AccessError              somebody with more rights acts
├── RelinkError              a person links the account again
├── ProviderError            the provider answered, and the answer was no
├── WaitError                the same request may work later
├── WriteOutcomeUnknownError the write may have happened: look before repeating
└── LinkingError             the linking of an account stopped

Each class is one row of the table: `code` (stable, snake_case), `http_status`, `wire_code` (the `errorCode` of the compatible doors),
`advice` (what a program should do). Its docstring is the default message and, after a blank line, `next_step`: what a person should do.
"""

from collections.abc import Iterator

from linkspan.error_row import Advice as Advice
from linkspan.error_row import LinkspanError as LinkspanError
from linkspan.error_row import Mistake as Mistake
from linkspan.error_row import ProviderAnswer as ProviderAnswer
from linkspan.error_row import Who as Who


class FixRequestError(LinkspanError, code="bad_request", status=400, wire="BadRequest", advice=Advice.FIX):
    """The request cannot be carried out as it stands.

    Correct the request and send it again.
    """


class InvalidInputError(FixRequestError, code="invalid_input", wire="ValidationError"):
    """The input does not fit the action.

    Correct every listed mistake; nothing was sent to the provider.
    """


class UnknownActionError(FixRequestError, code="unknown_action", status=404, wire="ActionNotFound"):
    """There is no action of that name.

    Use the nearest name, or list the actions of the connector.
    """


class ClientRequestInvalidError(FixRequestError, code="client_request_invalid", wire="ValidationError"):
    """The program that sent you here did not ask properly.

    Start the sign-in again from that program; if it fails again, show this code to whoever makes the program.
    """


class NotFoundError(FixRequestError, code="not_found", status=404, wire="NotFound"):
    """There is no such thing in this project.

    Check the id, and that the API key belongs to the project that owns it.
    """


class CursorInvalidError(FixRequestError, code="cursor_invalid", wire="ValidationError"):
    """The cursor is not one that this installation gave out for this action and account.

    Start the list again without a cursor.
    """


class TooManyRowsError(FixRequestError, code="too_many_rows", wire="TooManyRows"):
    """The whole list is too long for one answer.

    Use a filter, follow the cursor, or stream it as NDJSON.
    """


class PayloadTooLargeError(FixRequestError, code="payload_too_large", status=413, wire="PayloadTooLarge"):
    """The request's body is too large.

    Send a smaller body; several records go in several calls.
    """


class IdempotencyConflictError(FixRequestError, code="idempotency_conflict", status=422, wire="IdempotencyConflict"):
    """The idempotency key was used before with another request.

    Use a new key for a new write.
    """


class PossibleDuplicateError(
    FixRequestError, code="possible_duplicate", status=409, wire="PossibleDuplicate", advice=Advice.STOP
):
    """An equal write may have happened already.

    Look the first run up, and look for its record at the provider; to write a second one all the same, repeat with allow_duplicate.
    """


class AlreadyExistsError(FixRequestError, code="already_exists", status=409, wire="Conflict"):
    """A record of that name or key exists already in this project.

    Choose another name, or change the existing record.
    """


class ProfileInUseError(FixRequestError, code="profile_in_use", status=409, wire="Conflict"):
    """Accounts are linked through this connector profile.

    Delete the profile's accounts first, or disable the profile instead.
    """


class ConfigurationError(FixRequestError, code="configuration_error", status=500, wire="ConfigurationError"):
    """A setting or a connector file is wrong.

    Correct the setting and start again.
    """


class AccessError(LinkspanError, code="forbidden", status=403, wire="Forbidden", advice=Advice.ASK):
    """The caller may not do this.

    Ask the project's owner for the right.
    """


class UnauthenticatedError(AccessError, code="unauthenticated", status=401, wire="Unauthorized"):
    """No API key was sent.

    Send the API key as Basic user name, Bearer token or bare Authorization value.
    """


class ApiKeyInvalidError(UnauthenticatedError, code="api_key_invalid"):
    """The API key is not known here.

    Check that the key was copied whole and belongs to this installation.
    """


class ApiKeyExpiredError(UnauthenticatedError, code="api_key_expired"):
    """The API key has expired.

    Create a new key and replace the old one.
    """


class ApiKeyDisabledError(UnauthenticatedError, code="api_key_disabled"):
    """The API key is switched off.

    Ask the project's owner to enable the key, or use another.
    """


class AccessTokenInvalidError(UnauthenticatedError, code="access_token_invalid"):
    """The access token is not known here, has expired or was revoked.

    The client refreshes it, or lets its user sign in again.
    """


class SignInFailedError(UnauthenticatedError, code="sign_in_failed"):
    """E-mail address and password do not belong together.

    Try again, or ask an owner of the project for a new invitation.
    """


class MissingScopeError(AccessError, code="missing_scope", wire="MissingScope"):
    """The API key lacks the scope for this.

    Use a key that has the named scope.
    """


class InsufficientScopeError(MissingScopeError, code="insufficient_scope"):
    """The sign-in does not cover this.

    Sign in again and agree to what is asked for.
    """


class NotPermittedError(AccessError, code="not_permitted", wire="NotPermitted"):
    """The sign-in does not allow this action on this account.

    Sign the client in again and choose the action and the account.
    """


class ActionNotEnabledError(AccessError, code="action_not_enabled", wire="ActionNotEnabled"):
    """The connector profile does not enable this action.

    Enable the action in the connector profile, or choose an enabled one.
    """


class EgressRefusedError(AccessError, code="egress_refused", status=502, wire="EgressRefused"):
    """An outbound request to this address is not allowed.

    Only hosts that the connector or profile names are reached; private addresses need LINKSPAN_ALLOW_PRIVATE_ADDRESSES.
    """


class AccountReadOnlyError(AccessError, code="account_read_only", wire="AccountReadOnly"):
    """The account only reads: every write is refused, whoever asks.

    Use another account, or ask whoever manages this one to let it write (`read_only`); nothing was sent to the provider.
    """


class ProfileDisabledError(AccessError, code="profile_disabled", status=412, wire="AccountIntegrationInactiveError"):
    """The account's connector profile is switched off.

    Enable the connector profile, then repeat the call.
    """


class AccountSuspendedError(AccessError, code="account_suspended", status=412, wire="AccountInactiveError"):
    """The account is suspended.

    Resume the account, then repeat the call.
    """


class AccountArchivedError(AccessError, code="account_archived", status=412, wire="AccountInactiveError"):
    """The account is archived: its tokens are erased.

    Open a connect session for this account and let its user link it again, or use another account.
    """


class RelinkError(
    LinkspanError, code="relink_required", status=401, wire="AccountAuthenticationFailedError", advice=Advice.ASK
):
    """The account must be linked again.

    Open a connect session for this account and let its user link it again.
    """


class NeedsReauthError(RelinkError, code="needs_reauth", wire="AccountExpiredCredentialsError"):
    """The provider no longer accepts this account's grant."""


class AccountRevokedError(RelinkError, code="account_revoked", wire="AccountInvalidCredentialsError"):
    """The account was unlinked."""


class ProviderRefusedTokenError(RelinkError, code="provider_refused_token"):
    """The provider refuses a fresh token of this account.

    Check that the user has a Business Central licence and may enter this environment; then link the account again.
    """


class ProviderError(LinkspanError, code="provider_error", status=502, wire="ProviderError", advice=Advice.FIX):
    """The provider refused the request.

    Read the provider's own text and change the request.
    """


class ProviderRejectedError(ProviderError, code="provider_rejected", status=400, wire="ProviderBadRequest"):
    """The provider refused the request as wrong."""


class ProviderForbiddenError(
    ProviderError, code="provider_forbidden", status=403, wire="ProviderForbidden", advice=Advice.ASK
):
    """The provider says that the linked user may not do this.

    Give the linked user the permission set that the guide lists for this action.
    """


class ProviderNotFoundError(ProviderError, code="record_not_found", status=404, wire="ProviderNotFound"):
    """The provider has no such record.

    Check the id and the company; list the records to see which exist.
    """


class EnvironmentNotFoundError(
    ProviderError, code="environment_not_found", status=404, wire="ProviderNotFound", advice=Advice.ASK
):
    """The provider has no environment of that name in this tenant.

    Copy the environment's name from the Business Central admin centre and link again with it.
    """


class CompanyNotFoundError(ProviderError, code="company_not_found", status=404, wire="ProviderNotFound"):
    """The provider has no such company in this environment.

    List the companies and use the id or name of one of them as company_id.
    """


class ConflictError(ProviderError, code="conflict", status=409, wire="ProviderConflict"):
    """The record was changed by somebody else meanwhile.

    Read the record again and repeat the change with its new etag.
    """


class WaitError(LinkspanError, code="try_later", status=503, wire="ServiceUnavailable", advice=Advice.WAIT):
    """The request cannot be served now.

    Wait and repeat the request.
    """


class WriteInProgressError(WaitError, code="write_in_progress", status=409, wire="WriteInProgress"):
    """The write with this idempotency key is still running.

    Ask again with the same key in a few seconds: it is answered as soon as the write has ended.
    """


class WriteNotDoneError(WaitError, code="write_not_done", status=503, wire="WriteNotDone"):
    """The write did not happen: its answer was lost, and the provider shows nothing of it.

    Send it again, with the same idempotency key if it had one.
    """


class RateLimitedError(WaitError, code="rate_limited", status=429, wire="TooManyRequests"):
    """The provider's rate limit for this user is reached.

    Wait for the time in Retry-After, then repeat.
    """


class KeyLimitError(WaitError, code="key_limit_reached", status=429, wire="TooManyRequests"):
    """The API key has had its requests of this minute; nothing was done.

    Wait for the time in Retry-After, then repeat, or ask the project's owner for a higher limit of the key.
    """


class ProviderUnavailableError(WaitError, code="provider_unavailable", status=502, wire="ProviderUnavailable"):
    """The provider could not be reached or is not available.

    Wait and repeat; nothing was changed at the provider.
    """


class ProviderTimeoutError(WaitError, code="provider_timeout", status=502, wire="ProviderTimeout"):
    """The provider did not answer in time.

    Repeat, with a smaller page or a filter if it happens again.
    """


class ProviderAnswerError(WaitError, code="provider_answer_unreadable", status=502, wire="ProviderAnswerUnreadable"):
    """The provider's answer could not be read.

    Repeat; if it lasts, look at the run's steps.
    """


class TokenUnavailableError(WaitError, code="token_unavailable", status=502, wire="ProviderUnavailable"):
    """A token could not be fetched now; the grant is kept.

    Wait and repeat; the account stays linked.
    """


class ServerBusyError(WaitError, code="server_busy"):
    """Linkspan has too much to do at this moment."""


class WriteOutcomeUnknownError(
    LinkspanError, code="write_outcome_unknown", status=502, wire="WriteOutcomeUnknown", advice=Advice.STOP
):
    """The write left, but its answer did not arrive: it may or may not have happened.

    Look for the record at the provider before repeating; Linkspan has not sent the write again.
    """


class LinkingError(LinkspanError, code="linking_failed", status=400, wire="LinkingFailed", advice=Advice.ASK):
    """The account could not be linked.

    Start again from the link page; if it fails again, show this code to whoever sent you the link.
    """


class LinkStateInvalidError(LinkingError, code="link_state_invalid"):
    """The answer from the sign-in page does not belong to a link that was started here.

    Open the link page again and sign in from there.
    """


class LinkStateUsedError(LinkingError, code="link_state_used", status=409):
    """This sign-in answer was used already.

    Nothing more to do if the account is linked; otherwise open the link page again.
    """


class LinkCancelledError(LinkingError, code="link_cancelled", status=409):
    """The linking was cancelled where it was started.

    Nothing was linked. Start again from the page that opened this window.
    """


class ConnectSessionExpiredError(LinkingError, code="connect_session_expired", status=410):
    """The connect session is over.

    Ask for a new link: connect sessions are short-lived.
    """


class ConsentRefusedError(LinkingError, code="consent_refused", status=403):
    """The request for access was declined on the sign-in page.

    Sign in again and accept, or ask an administrator to grant consent.
    """


class AdminConsentRequiredError(LinkingError, code="admin_consent_required", status=403):
    """Only an administrator may agree to this access.

    An Entra administrator of this tenant opens the admin-consent link of the guide, then link again.
    """


class TenantNotFoundError(LinkingError, code="tenant_not_found"):
    """There is no such Entra tenant.

    Copy the tenant ID from Entra admin centre > Overview, or use the tenant's domain name.
    """


class TenantNotAllowedError(LinkingError, code="tenant_not_allowed"):
    """This connector profile links accounts of another tenant.

    Link with the profile's tenant, or set the profile's audience to many_tenants.
    """


class SignInRefusedError(LinkingError, code="sign_in_refused", status=403):
    """The provider refused the sign-in.

    Read the provider's reason; an Entra administrator can tell more from its trace id.
    """


class ClientSecretWrongError(LinkingError, code="client_secret_wrong", status=502):
    """The provider does not accept the profile's client secret.

    In the connector profile, enter the client secret's value (not its ID) from Certificates & secrets.
    """


class ClientSecretExpiredError(LinkingError, code="client_secret_expired", status=502):
    """The profile's client secret has expired.

    Create a new client secret in Entra and enter its value in the connector profile.
    """


class ApplicationNotFoundError(LinkingError, code="application_not_found"):
    """The application is not known in this tenant.

    Check the client ID, and that the application is registered in, or open to, this tenant.
    """


class RedirectMismatchError(LinkingError, code="redirect_uri_mismatch"):
    """The provider does not know this installation's redirect URI.

    Add this installation's redirect URI, exactly as the guide shows it, to the application in Entra.
    """


class CodeRedeemedError(LinkingError, code="code_already_redeemed", status=409):
    """The sign-in code was redeemed before.

    Open the link page again: each sign-in code works once.
    """


class OfflineAccessMissingError(LinkingError, code="offline_access_missing", status=502):
    """The provider gave no refresh token: the scope offline_access was not granted.

    Let an administrator allow the scope offline_access for this application, then link again.
    """


def all_errors() -> Iterator[type[LinkspanError]]:
    """Every error class, parents first: the rows of the error table."""
    pending: list[type[LinkspanError]] = [LinkspanError]
    while pending:
        kind = pending.pop(0)
        yield kind
        pending.extend(kind.__subclasses__())
