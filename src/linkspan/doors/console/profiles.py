"""Connector profiles: which there are, one with everything that may be told of it, and what can be done with it."""

from collections.abc import Sequence

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.profile_forms import proof_change, settings_change
from linkspan.doors.console.undo import Done
from linkspan.doors.console.visit import Visit
from linkspan.errors import InvalidInputError, LinkspanError, Mistake, NotFoundError
from linkspan.model import Profile
from linkspan.providerauth.credentials import certificate_facts
from linkspan.storage.account_store import AccountFilter
from linkspan.usecases.change_profile import ProfileChange, change_profile
from linkspan.usecases.check_account import Check
from linkspan.usecases.check_profile import check_profile
from linkspan.usecases.delete_profile import delete_profile
from linkspan.usecases.expiry import expiries
from linkspan.usecases.guide_proofs import read_profile_guide
from linkspan.usecases.profile_credentials import AUDIENCES
from linkspan.usecases.read_accounts import list_accounts
from linkspan.usecases.read_profiles import list_profiles, read_profile

_DONE = {
    "created": "The profile is made. Nothing has been tried yet: test it, then link the first account.",
    "changed": "The profile is changed.",
    "proof": "The new credential is in place.",
    "dropped": "The old secret is dropped.",
    "default": "It is the default profile of its connector now.",
}


class Profiles:
    """Endpoints of the profile pages."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def find(self, visit: Visit) -> Response:
        """From an address without a project, such as a guide's, to the profile wherever this person may see it."""
        profile_id, memberships = visit.path.get("profile"), visit.signed_in.memberships
        for membership in memberships:
            where = f"/console/p/{membership.project.id}/profiles"
            if profile_id in (None, "new"):
                return see_other(where if profile_id is None else f"{where}/new")
            if await visit.hall.profiles.read(membership.project.id, profile_id) is not None:
                return see_other(f"{where}/{profile_id}")
        raise NotFoundError("There is no such connector profile in your projects.")

    async def list(self, visit: Visit) -> Response:
        """Every connector profile."""
        profiles = await list_profiles(visit.hall, visit.caller)
        deleted = visit.query.get("done") == "deleted"
        done = (
            Done("The profile is deleted, and its secret with it: make it anew to have it back.") if deleted else None
        )
        return self._pages.page(
            visit, "profiles.html", "Connector profiles", "profiles",
            profiles=profiles, connectors=visit.hall.catalog.connectors, done=done,
        )  # fmt: skip

    async def show(self, visit: Visit) -> Response:
        """One profile."""
        return await self._page(visit, await read_profile(visit.hall, visit.caller, visit.path["profile"]))

    async def test(self, visit: Visit) -> Response:
        """What can be proved of it without an account."""
        checks = await check_profile(visit.hall, visit.caller, visit.path["profile"])
        return await self._page(
            visit, await read_profile(visit.hall, visit.caller, visit.path["profile"]), checks=checks
        )

    async def change(self, visit: Visit) -> Response:
        """Name, client ID, scopes, actions, audience and tenant."""
        profile = await read_profile(visit.hall, visit.caller, visit.path["profile"])
        change = settings_change(visit.hall.catalog.connectors[profile.connector], visit.form)
        if change.get("enabled_actions", None) == frozenset():
            wrong = InvalidInputError(mistakes=[Mistake("actions", "choose at least one, or those of a new profile")])
            return await self._page(visit, profile, error=wrong)
        return await self._changed(visit, profile, change, "changed")

    async def prove(self, visit: Visit) -> Response:
        """A new secret or certificate, or the old secret dropped."""
        profile = await read_profile(visit.hall, visit.caller, visit.path["profile"])
        if visit.form.get("deed") == "drop":
            return await self._changed(visit, profile, ProfileChange(old_client_secret=None), "dropped")
        try:
            change = proof_change(visit.form)
        except InvalidInputError as error:
            return await self._page(visit, profile, error=error)
        return await self._changed(visit, profile, change, "proof")

    async def switch(self, visit: Visit) -> Response:
        """Switch it on or off, or make it the default."""
        profile = await read_profile(visit.hall, visit.caller, visit.path["profile"])
        if visit.form.get("deed") == "default":
            return await self._changed(visit, profile, ProfileChange(is_default=True), "default")
        enabled = visit.form.get("enabled") == "yes"
        return await self._changed(visit, profile, ProfileChange(enabled=enabled), "on" if enabled else "off")

    async def delete(self, visit: Visit) -> Response:
        """Delete it for good, if no account is linked through it."""
        profile = await read_profile(visit.hall, visit.caller, visit.path["profile"])
        try:
            await delete_profile(visit.hall, visit.caller, profile.id)
        except LinkspanError as error:
            return await self._page(visit, profile, error=error)
        return see_other(visit.to("profiles?done=deleted"))

    async def _changed(self, visit: Visit, profile: Profile, change: ProfileChange, done: str) -> Response:
        try:
            await change_profile(visit.hall, visit.caller, profile.id, change)
        except LinkspanError as error:
            return await self._page(visit, profile, error=error)
        return see_other(visit.to(f"profiles/{profile.id}?done={done}"))

    async def _page(
        self, visit: Visit, profile: Profile, *, checks: Sequence[Check] = (), error: LinkspanError | None = None
    ) -> Response:
        hall, connector = visit.hall, visit.hall.catalog.connectors[profile.connector]
        accounts = await list_accounts(hall, visit.caller, AccountFilter(profile_ids=(profile.id,)))
        return self._pages.page(
            visit, "profile.html", profile.name, "profiles",
            status=error.http_status if error else 200, profile=profile, connector=connector,
            method=connector.auth_methods[profile.auth_method], facts=hall.tokens.facts(profile, {}),
            certificate=certificate_facts(profile.certificate) if profile.certificate else None,
            warnings=expiries(profile, hall.clock()), view=await read_profile_guide(hall, visit.caller, profile.id),
            accounts=accounts, audiences=AUDIENCES, checks=checks, error=error, done=_done(visit, profile),
        )  # fmt: skip


def _done(visit: Visit, profile: Profile) -> Done | None:
    """What was done just now and how to undo it, if that is still how things are."""
    deed = visit.query.get("done", "")
    if deed in ("on", "off") and profile.enabled is (deed == "on"):
        undo = {"enabled": "no" if profile.enabled else "yes"}
        return Done(f"The profile is switched {deed}.", f"profiles/{profile.id}/switch", undo)
    return Done(_DONE[deed]) if deed in _DONE else None
