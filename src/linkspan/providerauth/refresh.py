"""One refresh of a grant by the owner of its lease: exchange, store, and only then release."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from linkspan.connectors.action import AuthMethod, Connector
from linkspan.errors import (
    LinkspanError,
    NeedsReauthError,
    ProviderAnswer,
    ProviderAnswerError,
    ServerBusyError,
    TokenUnavailableError,
)
from linkspan.model import Account, Profile, SealedGrant, Secret, StateReason
from linkspan.providerauth.credentials import open_credentials
from linkspan.providerauth.endpoints import OAuthApp, endpoints_of
from linkspan.providerauth.entra import ROWS, Blame, code_in, row_of_reason
from linkspan.providerauth.oauth import OAuthClient, RefreshRefused
from linkspan.providerauth.ports import GrantStore, SecretStore, StepSink
from linkspan.providerauth.refusals import Refusal
from linkspan.providerauth.remedies import explain, facts_of, redirect_uri
from linkspan.providerauth.scopes import scopes_of
from linkspan.providerauth.timing import Timing
from linkspan.providerauth.token_answer import TokenAnswer
from linkspan.providerauth.vault import Vault
from linkspan.transport.protocol import Sent, TransportError

ROTATION_LOST = "rotation_answer_lost"
_ROTATION_LOST_TEXT = (
    "The answer to a refresh was lost, and this provider revokes a grant whose old refresh token is used again."
)
_STORE_TRIES = 6
_STORE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Failure:
    """A passing failure of one exchange; `answer_lost`: the provider may have acted on it, and what it answered is not known."""

    code: str
    text: str
    provider: ProviderAnswer | None = None
    answer_lost: bool = False


class Refresher:
    """Exchanges refresh tokens and stores what comes of it."""

    def __init__(  # noqa: PLR0913  a room's ports, all by name
        self,
        *,
        vault: Vault,
        grants: GrantStore,
        secrets: SecretStore,
        oauth: OAuthClient,
        connectors: Mapping[str, Connector],
        clock: Callable[[], datetime],
        timing: Timing,
        base_url: str,
    ) -> None:
        self._vault, self._grants, self._secrets, self._oauth = vault, grants, secrets, oauth
        self._connectors, self._clock, self._timing, self._base_url = connectors, clock, timing, base_url
        self._unsaved: dict[str, SealedGrant] = {}

    async def app(self, profile: Profile, fields: Mapping[str, str]) -> OAuthApp:
        """The profile as an OAuth client of its provider, for the tenant in `fields`. The redirect URI comes from the settings only."""
        connector = self._connectors[profile.connector]
        method = connector.auth_methods[profile.auth_method]
        sealed = await self._secrets.credentials(profile.project_id, profile.id)
        return OAuthApp(
            client_id=profile.client_id,
            credentials=await open_credentials(self._vault, profile, sealed),
            endpoints=endpoints_of(connector, profile, fields),
            scopes=scopes_of(connector, profile),
            separator=method.scope_separator,
            redirect_uri=redirect_uri(self._base_url, connector.key),
            client_auth=method.client_auth,
            sign_in_parameters=method.sign_in_parameters,
            facts=self.facts(profile, fields),
        )

    def facts(self, profile: Profile, fields: Mapping[str, str]) -> dict[str, str]:
        """What remedies name for this profile and tenant."""
        return facts_of(self._connectors[profile.connector], profile, fields, self._base_url)

    async def access_token(self, grant: SealedGrant) -> Secret:
        """The access token of a grant."""
        return await self._vault.open(grant.project_id, f"account:{grant.account_id}", "access_token", grant.access)

    async def refresh(
        self, grant: SealedGrant, account: Account, profile: Profile, steps: StepSink
    ) -> SealedGrant | None:
        """The grant's next version, stored. None: another version is there by now, which counts.

        Raises NeedsReauthError (the provider refuses the grant: noted), the LinkingError of a refusal that the profile's owner must
        mend, and TokenUnavailableError; with the latter two the grant is kept.
        """
        saved = await self._save_unsaved(grant)
        if saved is not None:
            return saved
        if grant.refresh is None and not self._method(profile).by_application:
            await self._refused(
                grant, StateReason("no_refresh_token", "The grant has no refresh token.", self._clock()), None
            )
            return None
        try:
            answer = await self._exchange(grant, account, profile, steps)
        except RefreshRefused as refused:
            await self._refusal(grant, refused)
            return None
        if isinstance(answer, TokenAnswer):
            return await self._store(grant, answer)
        if answer.answer_lost and self._reuse_revokes(grant, profile):
            await self._refused(grant, StateReason(ROTATION_LOST, _ROTATION_LOST_TEXT, self._clock()), None)
        else:
            await self._degraded(grant, answer, self.facts(profile, account.fields))
        return None

    def _method(self, profile: Profile) -> AuthMethod:
        return self._connectors[profile.connector].auth_methods[profile.auth_method]

    def _reuse_revokes(self, grant: SealedGrant, profile: Profile) -> bool:
        return grant.refresh is not None and self._method(profile).refresh_reuse == "revokes"

    async def _exchange(
        self, grant: SealedGrant, account: Account, profile: Profile, steps: StepSink
    ) -> TokenAnswer | Failure:
        """Ask the provider, twice if the first answer is a passing failure.

        Where a refresh token used again revokes the grant, it is sent again only if the first request provably never left or the
        provider refused it.
        """
        token = None
        if grant.refresh is not None and not self._method(profile).by_application:
            owner = f"account:{grant.account_id}"
            token = await self._vault.open(grant.project_id, owner, "refresh_token", grant.refresh)
        app = await self.app(profile, account.fields)
        outcome = await self._ask(app, token, steps)
        if isinstance(outcome, Failure) and not (outcome.answer_lost and self._reuse_revokes(grant, profile)):
            await asyncio.sleep(self._timing.retry_pause * (1 + random.random()))  # noqa: S311
            outcome = await self._ask(app, token, steps)
        return outcome

    async def _ask(self, app: OAuthApp, token: Secret | None, steps: StepSink) -> TokenAnswer | Failure:
        """Exchange a refresh token, or ask anew for an application that has none."""
        try:
            if token is None:
                return await self._oauth.acquire(app, steps=steps)
            return await self._oauth.refresh(app, refresh_token=token, steps=steps)
        except TransportError as error:
            text = f"The provider's token service did not answer ({error.kind})."
            return Failure("provider_unreachable", text, answer_lost=error.sent is not Sent.NO)
        except ProviderAnswerError as error:
            return Failure("provider_answer_unreadable", error.message, answer_lost=True)
        except RefreshRefused as refused:
            if refused.refusal.blame is not Blame.PASSING:
                raise
            return _passing(refused.refusal)

    async def _store(self, grant: SealedGrant, answer: TokenAnswer) -> SealedGrant | None:
        owner, renewed = f"account:{grant.account_id}", answer.refresh_token
        after = replace(
            grant,
            scope=answer.scope,
            obtained_at=answer.obtained_at,
            expires_at=answer.expires_at,
            access=await self._vault.seal(grant.project_id, owner, "access_token", answer.access_token),
            refresh=await self._vault.seal(grant.project_id, owner, "refresh_token", renewed) if renewed else None,
        )
        for tries in range(_STORE_TRIES):
            try:
                return await self._grants.swap(after, now=self._clock())
            except ServerBusyError:
                await asyncio.sleep(_STORE_SECONDS * 2**tries)
        # The store is away: the rotated token must not be lost, and nobody is released with it before it is stored.
        self._unsaved[grant.account_id] = after
        raise TokenUnavailableError("The new token could not be stored; it is kept, and storing is tried again.")

    async def _save_unsaved(self, grant: SealedGrant) -> SealedGrant | None:
        unsaved = self._unsaved.get(grant.account_id)
        if unsaved is None:
            return None
        saved = await self._grants.swap(unsaved, now=self._clock())
        del self._unsaved[grant.account_id]
        return saved

    async def _refusal(self, grant: SealedGrant, refused: RefreshRefused) -> None:
        refusal = refused.refusal
        reason = StateReason(refusal.row.reason, refusal.text, self._clock())
        if refusal.blame is Blame.GRANT:
            await self._refused(grant, reason, refusal.answer, refusal.facts)
        elif await self._grants.fail(grant, reason, refused=False):
            raise refusal.error() from refused

    async def _refused(
        self,
        grant: SealedGrant,
        reason: StateReason,
        answer: ProviderAnswer | None,
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        if await self._grants.fail(grant, reason, refused=True):
            raise needs_reauth(reason, facts, answer)

    async def _degraded(self, grant: SealedGrant, failure: Failure, facts: Mapping[str, str]) -> None:
        reason = StateReason(failure.code, failure.text, self._clock())
        if await self._grants.fail(grant, reason, refused=False):
            raise _unavailable(reason, facts, self._timing.pause, failure.provider)


def _passing(refusal: Refusal) -> Failure:
    """A refusal that passes by itself, or that no change of the grant can help: in the words of its code, if it has one."""
    answer = refusal.answer
    if code_in(answer.code or "") in ROWS and refusal.row.blame is Blame.PASSING:
        return Failure(refusal.row.reason, refusal.text, answer)
    return Failure("provider_unavailable", f"The provider's token service answered {answer.status}.", answer)


def _unavailable(
    reason: StateReason, facts: Mapping[str, str], retry_after: float, answer: ProviderAnswer | None = None
) -> TokenUnavailableError:
    """The error for a grant that is kept, with who must act where waiting is not enough."""
    error = TokenUnavailableError(reason.description, provider=answer, retry_after=retry_after)
    explain(error, reason, facts, keep_step=True)
    return error


def failure_error(reason: StateReason, retry_after: float, facts: Mapping[str, str]) -> LinkspanError:
    """The error for a refresh that failed a moment ago, here or in another process."""
    row = row_of_reason(reason.code, reason.description)
    if row is None or row.blame is not Blame.PROFILE:
        return _unavailable(reason, facts, retry_after)
    error = row.linking(reason.description)
    explain(error, reason, facts)
    return error


def needs_reauth(
    reason: StateReason | None, facts: Mapping[str, str], answer: ProviderAnswer | None = None
) -> NeedsReauthError:
    """The error for a grant that the provider no longer accepts, with who must do what first."""
    if reason is None:
        return NeedsReauthError()
    error = NeedsReauthError(
        f"The provider no longer accepts this account's grant: {reason.description}", provider=answer
    )
    explain(error, reason, facts, keep_step=True)
    return error
