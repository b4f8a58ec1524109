"""How each step of a profile's setup guide is known: proved or failed by what happened, stated by a person, or not tried yet.

Nothing here asks the provider: it reads what the product has seen. `linkspan doctor` and a profile's test ask.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from linkspan.model import Caller, KeyScope, Profile, Run
from linkspan.storage.account_store import AccountFilter
from linkspan.storage.run_store import RunFilter
from linkspan.usecases.access import require
from linkspan.usecases.guide_address import PROFILE_GUIDE
from linkspan.usecases.guide_selection import select
from linkspan.usecases.guide_views import GuideView, StepProof, StepState
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_companies import choice_of
from linkspan.usecases.read_guide import GuideRequest, read_guide
from linkspan.usecases.read_profiles import find_profile

_TRIES: Final = 50
"""How many of the newest tries to link are looked at: one success proves a step as well as a thousand."""

_SECRET: Final = frozenset({"client_secret_wrong", "client_secret_expired"})
FAILURES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "token": frozenset({"application_not_found", "offline_access_missing"}),
        "callback": frozenset({"redirect_uri_mismatch"}),
        "consent": frozenset({"consent_refused", "admin_consent_required"}),
        "secret": _SECRET,
        "certificate": _SECRET,
        "answer": frozenset(
            {"environment_not_found", "company_not_found", "provider_forbidden", "provider_refused_token"}
        ),
        "link": frozenset(
            {"tenant_not_found", "tenant_not_allowed", "sign_in_refused", "code_already_redeemed", "linking_failed"}
        ),
    }
)
"""Which error code of a try to link, or of an account's state, speaks of which proof."""

# Whoever is told this by the provider has come back from its sign-in page.
_CAME_BACK: Final = frozenset().union(*(FAILURES[name] for name in ("consent", "secret", "answer")))


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that happened: when, and for a failure its code and sentence."""

    at: datetime
    code: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the product has seen of a profile: tokens issued, answers of the service, links, ways back from a sign-in, and failures."""

    tokens: Sequence[Seen]
    answers: Sequence[Seen]
    links: Sequence[Seen]
    callbacks: Sequence[Seen]
    failures: Sequence[Seen]


async def read_profile_guide(hall: Hall, caller: Caller, profile_id: str) -> GuideView:
    """The setup guide of a profile with the state of each step. Raises NotFoundError; needs `platform:read`."""
    require(caller, KeyScope.PLATFORM_READ)
    profile = await find_profile(hall, caller.project_id, profile_id)
    connector = hall.catalog.connectors[profile.connector]
    given = {"for": profile.audience, "client": profile.client_id, "tenant": profile.tenant, "profile": profile.id}
    request = GuideRequest(
        connector,
        PROFILE_GUIDE,
        profile.auth_method,
        select(connector, profile.enabled_actions or ()),
        {name: value for name, value in given.items() if value},
    )
    view = read_guide(hall.settings.base_url, request)
    proofs = proofs_of(profile, await _evidence(hall, profile))
    steps = [replace(step, proof=proofs[step.proved_by] if step.proved_by else None) for step in view.steps]
    return replace(view, steps=tuple(steps))


def proofs_of(profile: Profile, evidence: Evidence) -> Mapping[str, StepProof]:
    """The state of each kind of proof (see PROOFS of connectors/guide.py)."""
    return {name: _proof(name, profile, evidence) for name in FAILURES}


_GOOD: Mapping[str, tuple[str, Callable[[Evidence], Sequence[Seen]]]] = MappingProxyType(
    {
        "token": ("The provider issued a token for this application.", lambda seen: seen.tokens),
        "callback": ("Somebody came back from the sign-in by this address.", lambda seen: seen.callbacks),
        "consent": ("The provider issued a token for these permissions.", lambda seen: seen.tokens),
        "secret": ("The provider issued a token for this secret.", lambda seen: seen.tokens),
        "certificate": ("The provider issued a token for this certificate.", lambda seen: seen.tokens),
        "answer": ("The service answered an account of this profile.", lambda seen: seen.answers),
        "link": ("An account is linked.", lambda seen: seen.links),
    }
)


def _proof(name: str, profile: Profile, evidence: Evidence) -> StepProof:
    text, successes = _GOOD[name]
    good, bad = _newest(successes(evidence)), _newest(seen for seen in evidence.failures if seen.code in FAILURES[name])
    if bad is not None and (good is None or bad.at > good.at):
        return StepProof(
            StepState.FAILED, bad.message, bad.at, bad.code, "Go through this step again, then link an account."
        )
    if good is not None and name == "secret" and profile.has_old_secret:
        told = "Two secrets are stored, and a token came by one of them."
        return StepProof(
            StepState.NOT_TRIED, told, good.at, next_step="Let the doctor look: it says if one is refused."
        )
    if good is not None and name in ("secret", "certificate") and profile.updated_at > good.at:
        told = "It worked before the profile was last changed, and has not been tried since."
        return StepProof(StepState.NOT_TRIED, told, good.at, next_step="Link an account: that proves it anew.")
    if good is not None:
        return StepProof(StepState.PROVED, text, good.at)
    return _untried(name, profile)


def _untried(name: str, profile: Profile) -> StepProof:
    """No event yet; what a person has entered about a secret's end is told as theirs."""
    if name == "secret" and profile.has_secret and profile.secret_expires_at is not None:
        told = f"A secret is stored; whoever entered it says that it ends on {profile.secret_expires_at:%Y-%m-%d}."
        return StepProof(StepState.STATED, told, next_step="Link an account: that proves the secret.")
    if name == "certificate" and profile.certificate is not None:
        told = "A certificate is stored, and its end is read from it."
        return StepProof(StepState.STATED, told, next_step="Link an account: that proves the certificate.")
    return StepProof(StepState.NOT_TRIED, "Nothing has tried this yet.", next_step="Link an account with this profile.")


async def _evidence(hall: Hall, profile: Profile) -> Evidence:
    accounts = await hall.accounts.list(profile.project_id, AccountFilter(profile_ids=(profile.id,)))
    issued = await hall.grants.newest(profile.project_id, profile.id)
    tries = await hall.runs.list(
        profile.project_id,
        RunFilter(action=f"{profile.connector}_link_account", among={"profile_id": (profile.id,)}, limit=_TRIES),
    )
    failed = [Seen(run.started_at, run.error_code, run.error_message or "") for run in tries if run.error_code]
    connector = hall.catalog.connectors[profile.connector]
    by_sign_in = bool(connector.auth_methods[profile.auth_method].authorize_url)
    linked = [Seen(account.created_at) for account in accounts] + [Seen(run.started_at) for run in _linking(tries)]
    answered = [Seen(account.last_success_at) for account in accounts if account.last_success_at]
    return Evidence(
        tokens=[Seen(issued)] if issued is not None else [],
        answers=answered + (linked if choice_of(connector) is not None else []),
        links=linked,
        callbacks=linked + [seen for seen in failed if seen.code in _CAME_BACK] if by_sign_in else [],
        failures=failed + [Seen(why.at, why.code, why.description) for account in accounts for why in account.reasons],
    )


def _linking(tries: Iterable[Run]) -> list[Run]:
    return [run for run in tries if run.error_code is None and run.account_id is not None]


def _newest(seen: Iterable[Seen]) -> Seen | None:
    return max(seen, key=lambda one: one.at, default=None)
