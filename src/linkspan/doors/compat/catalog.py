"""`/actions`, `/connectors/meta` and `/connector_profiles`: what can be run and linked, as the published clients read it (wire 2.5, 2.8)."""

from collections.abc import Iterable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from linkspan.connectors.action import Action, AuthMethod, Connector
from linkspan.doors.compat.asked import answer_of, caller_of, count_of, value_of, values_of
from linkspan.doors.compat.guides import guides_of
from linkspan.doors.compat.moments import moment
from linkspan.errors import CursorInvalidError
from linkspan.model import Account, KeyScope, Profile
from linkspan.usecases.access import require
from linkspan.usecases.hall import Hall
from linkspan.usecases.offer_actions import open_accounts, runnable_actions
from linkspan.usecases.read_profiles import list_profiles

# The clients demand a category; every connector so far leads to a company's books.
CATEGORY = "accounting"
_PAGE, _MOST = 25, 500


class CompatCatalog:
    """The endpoints of connectors, their actions and the project's profiles."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def actions(self, request: Request) -> Response:
        """One entry for each connector, or for each named account, with the actions that fit."""
        caller = await caller_of(self._hall, request)
        require(caller, KeyScope.CONNECTORS_READ)
        query = request.query_params
        include = frozenset(values_of(query, "include"))
        accounts = values_of(query, "account_ids")
        if accounts:
            openings = await open_accounts(self._hall, caller, accounts)
            entries = [
                self._entry(connector, include, runnable_actions(connector, opening), opening.account)
                for opening in openings
                if (connector := self._hall.catalog.connectors.get(opening.account.connector)) is not None
            ]
        else:
            entries = [
                self._entry(connector, include, connector.actions.values())
                for connector in self._hall.catalog.connectors.values()
            ]
        found = [entry for entry in (_fitting(entry, request) for entry in entries) if entry is not None]
        start, size = _start(query.get("next")), count_of(query, "page_size", _PAGE, most=_MOST)
        page = found[start : start + size]
        return answer_of({"data": page, "next": str(start + size) if start + size < len(found) else None})

    async def connectors(self, request: Request) -> Response:
        """Every connector."""
        require(await caller_of(self._hall, request), KeyScope.CONNECTORS_READ)
        return answer_of([self._meta(connector) for connector in self._hall.catalog.connectors.values()])

    async def connector(self, request: Request) -> Response:
        """One connector. Raises NotFoundError."""
        require(await caller_of(self._hall, request), KeyScope.CONNECTORS_READ)
        return answer_of(self._meta(self._hall.catalog.connector(request.path_params["provider"])))

    async def profiles(self, request: Request) -> Response:
        """The project's connector profiles, page by page."""
        caller, query = await caller_of(self._hall, request), request.query_params
        page, size = count_of(query, "page", 1, most=10**6), count_of(query, "page_size", _PAGE, most=_MOST)
        found = await list_profiles(self._hall, caller, connector=value_of(query, "connector_key"))
        wanted = {"true": True, "false": False}.get((value_of(query, "enabled") or "").lower())
        kept = [profile for profile in found if wanted is None or profile.enabled is wanted]
        rows = [self._profile(profile) for profile in kept[(page - 1) * size : page * size]]
        return answer_of({"page": page, "page_size": size, "total": len(kept), "data": rows})

    def _entry(
        self, connector: Connector, include: frozenset[str], actions: Iterable[Action], account: Account | None = None
    ) -> dict[str, object]:
        methods = connector.auth_methods.values()
        guides = "authentication_guides" in include
        entry: dict[str, object] = {
            "key": connector.key,
            "name": connector.name,
            "description": connector.about,
            "icon": self._logo(connector),
            "version": connector.version,
            "release_stage": "ga",
            "categories": [CATEGORY],
            "authentication": [self._method(connector, method, guides=guides) for method in methods],
            "scope_definitions": [
                {"name": scope.name, "description": scope.about, "includes": list(scope.includes)}
                for scope in connector.scopes.values()
            ],
            "actions": [_action(action, connector, details=bool(include & _DETAILS)) for action in actions],
        }
        return entry | ({"account_id": account.id, "integration_id": account.profile_id} if account else {})

    def _method(self, connector: Connector, method: AuthMethod, *, guides: bool) -> dict[str, object]:
        support: dict[str, object] = {
            "link": f"{self._hall.settings.base_url}/connectors/{connector.key}/guides/connector-profile/{method.key}",
            "description": method.label,
        }
        if guides:
            support["guides"] = guides_of(self._hall.settings.base_url, connector, method)
        scopes = sorted({scope for action in connector.actions.values() for scope in action.required_scopes})
        return {
            "type": "oauth2",
            "label": method.label,
            "key": method.key,
            "required_scopes": scopes,
            "support": support,
        }

    def _meta(self, connector: Connector) -> dict[str, object]:
        logo = self._logo(connector)
        return {
            "provider": connector.key,
            "provider_name": connector.name,
            "category": CATEGORY,
            "models": {},
            "active": True,
            "resources": {"images": {"logo_url": logo, "original_logo_horizontal_url": logo}},
        }

    def _profile(self, profile: Profile) -> dict[str, object]:
        connector = self._hall.catalog.connectors.get(profile.connector)
        method = connector.auth_methods.get(profile.auth_method) if connector else None
        return {
            "id": profile.id,
            "name": profile.name,
            "connector_key": profile.connector,
            "connector_label": connector.name if connector else profile.connector,
            "logo_url": self._logo(connector) if connector else None,
            "categories": [CATEGORY],
            "active": profile.enabled,
            "default": profile.is_default,
            "release_stage": "ga",
            "created_at": moment(profile.created_at),
            "updated_at": moment(profile.updated_at),
            "connector_version": connector.version if connector else None,
            "connector_pinned_version": None,
            "connector_owner": "linkspan",
            "environment": "production",
            "authentication_config_key": profile.auth_method,
            "authentication_config_label": method.label if method else None,
        }

    def _logo(self, connector: Connector) -> str:
        return f"{self._hall.settings.base_url}/connectors/{connector.key}/logo.svg"


_DETAILS = frozenset({"action_details", "operation_details"})


def _action(action: Action, connector: Connector, *, details: bool) -> dict[str, object]:
    told: dict[str, object] = {
        "id": action.id,
        "label": action.label,
        "description": action.description,
        "schema_type": "native",
        "tags": [action.resource, action.verb.value],
        "required_scopes": list(action.required_scopes),
        "authentication": [
            {
                "type": "oauth2",
                "label": method.label,
                "key": method.key,
                "required_scopes": list(action.required_scopes),
            }
            for method in connector.auth_methods.values()
        ],
    }
    if details:
        told["action_details"] = {
            "input_schema": action.input_schema,
            "output_schema": action.output_schema,
            "example": action.example,
            "annotations": {
                "readOnlyHint": action.annotations.read_only,
                "destructiveHint": action.annotations.destructive,
                "idempotentHint": action.annotations.idempotent,
            },
        }
    return told


def _fitting(entry: dict[str, object], request: Request) -> dict[str, object] | None:
    """The entry with the actions that the filters leave, or None if it does not fit itself."""
    query = request.query_params
    connectors, keys = values_of(query, "connectors"), values_of(query, "action_key")
    words = (query.get("search") or "").lower().split()
    if connectors and entry["key"] not in connectors:
        return None
    actions = entry["actions"] if isinstance(entry["actions"], list) else []
    if keys:
        actions = [action for action in actions if action["id"] in keys]
    if words and not all(word in f"{entry['key']} {entry['name']} {entry['description']}".lower() for word in words):
        actions = [action for action in actions if _says(action, words)]
    if (keys or words) and not actions:
        return None
    return {**entry, "actions": [] if "actions" in values_of(query, "exclude") else actions}


def _says(action: Mapping[str, object], words: Iterable[str]) -> bool:
    text = f"{action['id']} {action['label']} {action['description']}".lower()
    return all(word in text for word in words)


def _start(text: str | None) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 7):  # noqa: PLR2004 - no catalog has a million connectors
        raise CursorInvalidError
    return int(text)
