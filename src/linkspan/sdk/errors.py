"""Every failure that the client raises: the server's families, told apart by the answer's `code` and `advice`.

LinkspanError
├── FixRequestError          change the request: InvalidInputError, NotFoundError, PossibleDuplicateError
├── AccessError              somebody with more rights acts: UnauthenticatedError
├── RelinkError              a person links the account again
├── LinkingError             the profile's OAuth client or the sign-in needs attention
├── ProviderError            the provider said no: ConflictError, RecordNotFoundError
├── WaitError                the same request may work later: RateLimitedError
├── UnreachableError         Linkspan itself gave no (whole) answer
└── WriteOutcomeUnknownError the write may have happened: look before repeating
"""

from collections.abc import Mapping, Sequence

import msgspec


class Mistake(msgspec.Struct, frozen=True):
    """One thing wrong with a request: where (`body.displayName`), what, and the nearest known name for a misspelt one."""

    where: str
    what: str
    nearest: str | None = None


class ProviderAnswer(msgspec.Struct, frozen=True):
    """What the provider itself said."""

    status: int
    code: str | None = None
    message: str | None = None
    request_id: str | None = None


class Failure(msgspec.Struct, frozen=True):
    """What the server's error answer holds."""

    code: str
    message: str
    next_step: str = ""
    advice: str = "stop"
    run_id: str | None = None
    mistakes: Sequence[Mistake] = ()
    provider: ProviderAnswer | None = None
    first_run_id: str | None = None
    who: str | None = None
    link: str | None = None


class LinkspanError(Exception):
    """Something failed.

    `code` is stable, to branch on; `next_step` is for a person, `advice` (fix, wait, ask or stop) for a program; `status` is the HTTP
    status, None without an answer; `run_id` is the run's id in the log; `retry_after` is in seconds. `who` (person, tenant_admin,
    integrator, operator, nobody) and the page `link` tell who must act and where, if that is known.
    """

    def __init__(self, failure: Failure, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(_text(failure))
        self.code = failure.code
        self.message = failure.message
        self.next_step = failure.next_step
        self.advice = failure.advice
        self.run_id = failure.run_id
        self.mistakes = tuple(failure.mistakes)
        self.provider = failure.provider
        self.who = failure.who
        self.link = failure.link
        self.status = status
        self.retry_after = retry_after


class FixRequestError(LinkspanError):
    """The request cannot be carried out as it stands."""


class InvalidInputError(FixRequestError):
    """The input does not fit the action; `mistakes` names every place. Nothing was sent to the provider."""


class NotFoundError(FixRequestError):
    """There is no such thing (account, profile, run, action …) in this project."""


class PossibleDuplicateError(FixRequestError):
    """An equal write runs, or its outcome is unknown: look at `first_run_id` and for the record before repeating."""

    def __init__(self, failure: Failure, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(failure, status=status, retry_after=retry_after)
        self.first_run_id = failure.first_run_id


class AccessError(LinkspanError):
    """The caller may not do this."""


class UnauthenticatedError(AccessError):
    """The API key is missing, unknown, expired or switched off."""


class RelinkError(LinkspanError):
    """The account must be linked again: open a connect session with its `account_id`."""


class LinkingError(LinkspanError):
    """The provider refuses the profile's OAuth client, or a sign-in stopped."""


class ProviderError(LinkspanError):
    """The provider refused the request; `provider` has its words."""


class ConflictError(ProviderError):
    """The record was changed by somebody else meanwhile: read it again and use its new etag."""


class RecordNotFoundError(ProviderError):
    """The provider has no such record, company or environment."""


class WaitError(LinkspanError):
    """The same request may work later."""


class RateLimitedError(WaitError):
    """The provider's rate limit is reached; `retry_after` tells how long to wait."""


class UnreachableError(LinkspanError):
    """Linkspan could not be reached, or its answer broke off. A write that this happens to was never sent."""


class WriteOutcomeUnknownError(LinkspanError):
    """The write left, but how it ended is not known: look for the record before repeating. The client never repeats it."""


# Families that `advice` alone does not tell.
_BY_CODE: Mapping[str, type[LinkspanError]] = {
    **dict.fromkeys(("invalid_input", "cursor_invalid"), InvalidInputError),
    **dict.fromkeys(("not_found", "unknown_action"), NotFoundError),
    **dict.fromkeys(
        (
            "unauthenticated",
            "api_key_invalid",
            "api_key_expired",
            "api_key_disabled",
            "access_token_invalid",
            "sign_in_failed",
        ),
        UnauthenticatedError,
    ),
    "possible_duplicate": PossibleDuplicateError,
    "egress_refused": AccessError,
    **dict.fromkeys(("relink_required", "needs_reauth", "account_revoked", "provider_refused_token"), RelinkError),
    **dict.fromkeys(
        (
            "linking_failed",
            "link_state_invalid",
            "link_state_used",
            "link_cancelled",
            "connect_session_expired",
            "consent_refused",
            "admin_consent_required",
            "tenant_not_found",
            "tenant_not_allowed",
            "sign_in_refused",
            "client_secret_wrong",
            "client_secret_expired",
            "application_not_found",
            "redirect_uri_mismatch",
            "code_already_redeemed",
            "offline_access_missing",
        ),
        LinkingError,
    ),
    **dict.fromkeys(("provider_error", "provider_rejected", "provider_forbidden"), ProviderError),
    "conflict": ConflictError,
    **dict.fromkeys(("record_not_found", "environment_not_found", "company_not_found"), RecordNotFoundError),
    "rate_limited": RateLimitedError,
    "write_outcome_unknown": WriteOutcomeUnknownError,
}
_BY_ADVICE: Mapping[str, type[LinkspanError]] = {"fix": FixRequestError, "ask": AccessError, "wait": WaitError}


def error_of(failure: Failure, *, status: int | None = None, retry_after: float | None = None) -> LinkspanError:
    """The error that a failure means; a code newer than this client is told apart by its advice."""
    kind = _BY_CODE.get(failure.code) or _BY_ADVICE.get(failure.advice, LinkspanError)
    return kind(failure, status=status, retry_after=retry_after)


def _text(failure: Failure) -> str:
    mistakes = "".join(f"\n  {mistake.where}: {mistake.what}" for mistake in failure.mistakes)
    return f"{failure.code}: {failure.message}{mistakes}" + (f" (run {failure.run_id})" if failure.run_id else "")
