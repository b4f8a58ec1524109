"""API keys: which there are, a new one (shown this once), switched off and on, deleted."""

from starlette.responses import Response

from linkspan.doors.console.pages import ConsolePages, see_other
from linkspan.doors.console.undo import switched
from linkspan.doors.console.visit import Visit
from linkspan.errors import InvalidInputError, LinkspanError
from linkspan.model import KeyScope
from linkspan.usecases.change_key import change_key, delete_key
from linkspan.usecases.create_key import NewKey, create_key
from linkspan.usecases.read_keys import list_keys

# What each scope is for, in words.
SCOPES = {
    KeyScope.ACTIONS: "Run every enabled action",
    KeyScope.ACTIONS_READ: "Run actions that only read",
    KeyScope.CONNECTORS_READ: "Read connectors and actions",
    KeyScope.PLATFORM_READ: "Read profiles, accounts and settings",
    KeyScope.PLATFORM_WRITE: "Change profiles, accounts, keys and webhooks",
    KeyScope.LOGS_READ: "Read the log",
    KeyScope.PROXY: "Pass requests on to the provider",
}


class Keys:
    """Endpoints of the key pages."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    async def list(self, visit: Visit) -> Response:
        """Every key of the project."""
        return await self._page(visit)

    async def create(self, visit: Visit) -> Response:
        """Make a key; its text is on this page and nowhere again."""
        form = visit.form
        known = {scope.value for scope in KeyScope}
        scopes = frozenset(KeyScope(name) for name in form.all("scopes") if name in known)
        try:
            key, text = await create_key(visit.hall, visit.caller, NewKey(form.get("name"), scopes))
        except InvalidInputError as error:
            return await self._page(visit, error=error, name=form.get("name"))
        return self._pages.page(visit, "key_made.html", "Your new API key", "keys", key=key, text=text.reveal())

    async def switch(self, visit: Visit) -> Response:
        """Switch a key off or on."""
        enabled = visit.form.get("enabled") == "yes"
        key = await change_key(visit.hall, visit.caller, visit.path["key"], {"enabled": enabled})
        return see_other(visit.to(f"keys?switched={key.id}"))

    async def delete(self, visit: Visit) -> Response:
        """Delete a key for good."""
        await delete_key(visit.hall, visit.caller, visit.path["key"])
        return see_other(visit.to("keys"))

    async def _page(self, visit: Visit, *, error: LinkspanError | None = None, name: str = "") -> Response:
        keys, status = await list_keys(visit.hall, visit.caller), error.http_status if error else 200
        changed = [key for key in keys if key.id == visit.query.get("switched")]
        return self._pages.page(
            visit, "keys.html", "API keys", "keys", status=status, keys=keys, scopes=SCOPES, error=error, name=name,
            done=switched(f"“{changed[0].name}”", f"keys/{changed[0].id}", enabled=changed[0].enabled) if changed else None,
        )  # fmt: skip
