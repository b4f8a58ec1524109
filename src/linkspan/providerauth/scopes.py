"""Which scopes a profile asks for: what its actions need and no more."""

from collections.abc import Iterable

from linkspan.connectors.action import Connector
from linkspan.model import Profile


def scopes_of(connector: Connector, profile: Profile) -> tuple[str, ...]:
    """The profile's own scopes, or the method's fixed ones, or those its enabled actions need; always the method's (`offline_access`)."""
    method = connector.auth_methods[profile.auth_method]
    chosen = profile.scopes or method.fixed_scopes or needed_scopes(connector, enabled_actions(connector, profile))
    return tuple(dict.fromkeys((*chosen, *method.always_scopes)))


def enabled_actions(connector: Connector, profile: Profile) -> frozenset[str]:
    """The action ids that a profile enables: its own choice, or the connector's default selection."""
    if profile.enabled_actions is not None:
        return profile.enabled_actions
    return frozenset(action.id for action in connector.actions.values() if action.default)


def needed_scopes(connector: Connector, actions: Iterable[str]) -> tuple[str, ...]:
    """The union of the actions' scopes, sorted, without those that another one of them includes."""
    union = {
        scope for name in actions if name in connector.actions for scope in connector.actions[name].required_scopes
    }
    included = {
        inner
        for name in union
        if name in connector.scopes
        for inner in connector.scopes[name].includes
        if inner != name
    }
    return tuple(sorted(union - included))
