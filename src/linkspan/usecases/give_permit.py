"""A person agrees: the permit is stored, and the client gets a code for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Secret
from linkspan.permit_records import READ_SCOPE, WRITE_SCOPE, Permit, PermitCode
from linkspan.usecases.audit import note_of
from linkspan.usecases.hall import Hall
from linkspan.usecases.ids import new_permit_id, new_token
from linkspan.usecases.name_grantor import Grantor
from linkspan.usecases.oauth_addresses import answered_at
from linkspan.usecases.offer_actions import MOST_ACCOUNTS
from linkspan.usecases.offer_consent import accounts_of, areas_of, caller_of, offer_consent
from linkspan.usecases.read_authorization import AuthorizationAsk
from linkspan.usecases.redirect_uris import redirect_host

CODE_LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Consent:
    """What was chosen: accounts (id → whether it may write), and areas (id → whether it may write) or None for all that is enabled."""

    accounts: Mapping[str, bool]
    areas: Mapping[str, bool] | None


async def give_permit(hall: Hall, grantor: Grantor, ask: AuthorizationAsk, consent: Consent) -> str:
    """Store the permit and answer where the browser goes on, with the code. What the person cannot give themselves is refused.

    Raises InvalidInputError: no account, too many, one that is not the person's, writing that was not asked for, no area.
    """
    accounts = await _chosen_accounts(hall, grantor, ask, consent)
    actions = await _chosen_actions(hall, grantor, ask, consent)
    writes = any(accounts.values()) and (actions is None or _some_writes(hall, actions))
    now = hall.clock()
    permit = Permit(
        id=new_permit_id(),
        project_id=grantor.project_id,
        client_id=ask.client.id,
        client_name=ask.client.name,
        redirect_host=redirect_host(ask.redirect_uri),
        scopes=(READ_SCOPE, WRITE_SCOPE) if writes else (READ_SCOPE,),
        accounts=accounts,
        actions=actions,
        resource=ask.resource,
        refreshes=ask.client.refreshes,
        created_at=now,
        # Until its code is exchanged, which starts its own life.
        expires_at=now + CODE_LIFETIME,
        key_id=grantor.key_id,
        owner_id=grantor.owner_id,
    )
    text = Secret("mcp_ac_" + new_token().reveal())
    code = PermitCode(
        permit.project_id, permit.id, permit.client_id, ask.redirect_uri, ask.challenge, now, now + CODE_LIFETIME
    )
    fields = ("accounts", "scopes", *(() if actions is None else ("actions",)))
    note = note_of(hall, caller_of(grantor), "permit.given", permit.id, fields)
    await hall.permits.add(permit, code, hall.vault.digest("mcp-token", text), note)
    return answered_at(hall.settings, ask.redirect_uri, ask.state, code=text.reveal())


async def _chosen_accounts(hall: Hall, grantor: Grantor, ask: AuthorizationAsk, consent: Consent) -> dict[str, bool]:
    mistakes = []
    if not consent.accounts:
        mistakes.append(Mistake("accounts", "choose at least one account"))
    if len(consent.accounts) > MOST_ACCOUNTS:
        mistakes.append(Mistake("accounts", f"choose at most {MOST_ACCOUNTS} accounts"))
    if any(consent.accounts.values()) and not (grantor.writes and ask.writes):
        mistakes.append(Mistake("accounts", "only reading can be allowed here"))
    known = (
        {account.id: account for account in await accounts_of(hall, grantor, consent.accounts)} if not mistakes else {}
    )
    if not mistakes and set(known) != set(consent.accounts):
        mistakes.append(Mistake("accounts", "one of the accounts is not yours, or can no longer be used"))
    if any(consent.accounts[name] and account.read_only for name, account in known.items()):
        mistakes.append(Mistake("accounts", "one of the accounts only reads"))
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    return dict(consent.accounts)


async def _chosen_actions(
    hall: Hall, grantor: Grantor, ask: AuthorizationAsk, consent: Consent
) -> frozenset[str] | None:
    if consent.areas is None:
        return None
    if any(consent.areas.values()) and not any(consent.accounts.values()):
        told = "areas are ticked for writing, but no account may be written: allow it for an account, or untick them"
        raise InvalidInputError(mistakes=[Mistake("areas", told)])
    offer = await offer_consent(hall, grantor, named=consent.accounts)
    mine = [opening for opening in offer.openings if opening.account.id in consent.accounts]
    found: set[str] = set()
    for area in areas_of(hall, mine):
        if area.id in consent.areas:
            found.update(area.reads)
            if consent.areas[area.id] and ask.writes and grantor.writes:
                found.update(area.writes)
    if not found:
        raise InvalidInputError(
            mistakes=[Mistake("areas", "tick at least one area, or allow everything that is enabled")]
        )
    return frozenset(found)


def _some_writes(hall: Hall, actions: frozenset[str]) -> bool:
    return any(hall.catalog.actions[name].verb.writes for name in actions if name in hall.catalog.actions)
