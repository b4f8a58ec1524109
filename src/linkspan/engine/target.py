"""From a connector, a profile and an account to the place that an action is run against."""

from urllib.parse import quote

from linkspan.connectors.action import Connector
from linkspan.engine.call import Target
from linkspan.errors import ConfigurationError
from linkspan.model import Account, Profile
from linkspan.transport.egress import origin_of

_MOST_TARGETS = 100_000


class Targets:
    """The targets of accounts in use, made again only when the account or its profile has changed."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Account, Profile, Connector, Target]] = {}

    def of(self, connector: Connector, profile: Profile, account: Account) -> Target:
        """Where an account's requests go. Raises ConfigurationError if the account lacks a field."""
        made = self._made.get(account.id)
        if made is not None and made[0] is account and made[1] is profile and made[2] is connector:
            return made[3]
        target = target_of(connector, profile, account)
        if len(self._made) > _MOST_TARGETS:
            self._made.clear()
        self._made[account.id] = (account, profile, connector, target)
        return target


def target_of(connector: Connector, profile: Profile, account: Account) -> Target:
    """Where an account's requests go, and which origins they may reach. Raises ConfigurationError if the account lacks a field.

    A profile's `provider_url` stands in for every host of the connector.
    """
    origins = {name: (profile.provider_url or origin).rstrip("/") for name, origin in connector.origins.items()}
    fields = {name: quote(value, safe="") for name, value in account.fields.items()}
    try:
        api_root = connector.api_root.format_map(origins | fields).rstrip("/")
    except KeyError as error:
        message = f"The account has no {error.args[0]}, which the address of {connector.name} needs."
        raise ConfigurationError(message, next_step="Link the account again.") from None
    allowed = frozenset({origin_of(api_root)} if profile.provider_url else {origin_of(url) for url in origins.values()})
    return Target(
        account_id=account.id,
        connector=connector,
        api_root=api_root,
        allowed=allowed,
        throttle_key=f"{account.project_id}/{account.id}",
        defaults=dict(account.fields),
    )
