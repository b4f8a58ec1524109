"""One refresh of a grant by the owner of its lease: exchange, store, and only then release."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from linkspan.connectors.action import Connector
from linkspan.errors import (
    LinkspanError,
    NeedsReauthError,
    ProviderAnswer,
    ProviderAnswerError,
    ServerBusyError,
    TokenUnavailableError,
)
from linkspan.model import Account, Profile, SealedGrant, Secret, StateReason
from linkspan.providerauth.endpoints import OAuthApp, endpoints_of
from linkspan.providerauth.entra import ROWS, WORDS, Blame
from linkspan.providerauth.oauth import OAuthClient, RefreshRefused, TokenAnswer
from linkspan.providerauth.ports import GrantStore, SecretStore, StepSink
from linkspan.providerauth.scopes import scopes_of
from linkspan.providerauth.timing import Timing
from linkspan.providerauth.vault import Vault
from linkspan.transport.protocol import Sent, TransportError

ROTATION_LOST = "rotation_answer_lost"
_ROTATION_LOST_TEXT = (
    "The answer to a refresh was lost, and this provider revokes a grant whose old refresh token is used again."
)
_STORE_TRIES = 6
_STORE_SECONDS = 0.1
_PROFILE_ROWS = {row.reason: row for row in (*ROWS.values(), *WORDS.values()) if row.blame is Blame.PROFILE}


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
    ) -> None:
        self._vault, self._grants, self._secrets, self._oauth = vault, grants, secrets, oauth
        self._connectors, self._clock, self._timing = connectors, clock, timing
        self._unsaved: dict[str, SealedGrant] = {}

    async def client_secret(self, profile: Profile) -> Secret | None:
        """The profile's client secret."""
        sealed = await self._secrets.sealed_secret(profile.project_id, profile.id)
        if sealed is None:
            return None
        return await self._vault.open(profile.project_id, f"profile:{profile.id}", "client_secret", sealed)

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
        if grant.refresh is None:
            await self._refused(
                grant, StateReason("no_refresh_token", "The grant has no refresh token.", self._clock()), None
            )
            return None
        try:
            answer = await self._exchange(grant, grant.refresh, account, profile, steps)
        except RefreshRefused as refused:
            await self._refusal(grant, refused)
            return None
        if isinstance(answer, TokenAnswer):
            return await self._store(grant, answer)
        if answer.answer_lost and self._reuse_revokes(profile):
            await self._refused(grant, StateReason(ROTATION_LOST, _ROTATION_LOST_TEXT, self._clock()), None)
        else:
            await self._degraded(grant, answer)
        return None

    def _reuse_revokes(self, profile: Profile) -> bool:
        return self._connectors[profile.connector].auth_methods[profile.auth_method].refresh_reuse == "revokes"

    async def _exchange(
        self, grant: SealedGrant, sealed: bytes, account: Account, profile: Profile, steps: StepSink
    ) -> TokenAnswer | Failure:
        """Ask the provider, twice if the first answer is a passing failure.

        Where a refresh token used again revokes the grant, it is sent again only if the first request provably never left or the
        provider refused it.
        """
        token = await self._vault.open(grant.project_id, f"account:{grant.account_id}", "refresh_token", sealed)
        app = await self._app(account, profile)
        outcome = await self._ask(app, token, steps)
        if isinstance(outcome, Failure) and not (outcome.answer_lost and self._reuse_revokes(profile)):
            await asyncio.sleep(self._timing.retry_pause * (1 + random.random()))  # noqa: S311
            outcome = await self._ask(app, token, steps)
        return outcome

    async def _ask(self, app: OAuthApp, token: Secret, steps: StepSink) -> TokenAnswer | Failure:
        try:
            return await self._oauth.refresh(app, refresh_token=token, steps=steps)
        except TransportError as error:
            text = f"The provider's token service did not answer ({error.kind})."
            return Failure("provider_unreachable", text, answer_lost=error.sent is not Sent.NO)
        except ProviderAnswerError as error:
            return Failure("provider_answer_unreadable", error.message, answer_lost=True)
        except RefreshRefused as refused:
            if refused.refusal.blame is not Blame.PASSING:
                raise
            answer = refused.refusal.answer
            return Failure("provider_unavailable", f"The provider's token service answered {answer.status}.", answer)

    async def _app(self, account: Account, profile: Profile) -> OAuthApp:
        connector = self._connectors[profile.connector]
        method = connector.auth_methods[profile.auth_method]
        return OAuthApp(
            client_id=profile.client_id,
            secret=await self.client_secret(profile),
            endpoints=endpoints_of(connector, profile, account.fields),
            scopes=scopes_of(connector, profile),
            separator=method.scope_separator,
            redirect_uri="",
            client_auth=method.client_auth,
        )

    async def _store(self, grant: SealedGrant, answer: TokenAnswer) -> SealedGrant | None:
        owner = f"account:{grant.account_id}"
        after = replace(
            grant,
            scope=answer.scope,
            obtained_at=answer.obtained_at,
            expires_at=answer.expires_at,
            access=await self._vault.seal(grant.project_id, owner, "access_token", answer.access_token),
            refresh=await self._vault.seal(grant.project_id, owner, "refresh_token", answer.refresh_token),
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
            await self._refused(grant, reason, refusal.answer)
        elif await self._grants.fail(grant, reason, refused=False):
            raise refusal.error() from refused

    async def _refused(self, grant: SealedGrant, reason: StateReason, answer: ProviderAnswer | None) -> None:
        if await self._grants.fail(grant, reason, refused=True):
            raise NeedsReauthError(needs_reauth_text(reason), provider=answer)

    async def _degraded(self, grant: SealedGrant, failure: Failure) -> None:
        if await self._grants.fail(grant, StateReason(failure.code, failure.text, self._clock()), refused=False):
            raise TokenUnavailableError(failure.text, provider=failure.provider, retry_after=self._timing.pause)


def failure_error(reason: StateReason, retry_after: float) -> LinkspanError:
    """The error for a refresh that failed a moment ago, here or in another process."""
    row = _PROFILE_ROWS.get(reason.code)
    if row is not None:
        return row.linking(reason.description, next_step=row.next_step)
    return TokenUnavailableError(reason.description, retry_after=retry_after)


def needs_reauth_text(reason: StateReason) -> str:
    """What to tell when the provider no longer accepts a grant."""
    return f"The provider no longer accepts this account's grant: {reason.description}"
