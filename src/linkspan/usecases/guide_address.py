"""The addresses of a guide: short, stable, and made from the public address of the settings only."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import quote, urlencode, urlsplit

from linkspan.settings import is_loopback
from linkspan.usecases.guide_views import GuideAddresses

PROFILE_GUIDE = "connector-profile"
LINK_GUIDE = "link-account"


def guide_path(connector: str, kind: str, method: str) -> str:
    """The path of a guide below the public address."""
    return f"/connectors/{quote(connector)}/guides/{kind}/{quote(method)}"


def with_query(address: str, query: Mapping[str, str]) -> str:
    """The address with the values that are not empty; `~` and `.` stay as they are, so that a selection can be read."""
    given = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(given, safe='~.,')}" if given else address


def guide_addresses(base_url: str, place: tuple[str, str, str], query: Mapping[str, str]) -> GuideAddresses:
    """The addresses of the guide at `place` (connector, kind, method) with the query of its selection."""
    connector, kind, method = place
    plain = base_url + guide_path(connector, kind, method)
    link = base_url + guide_path(connector, LINK_GUIDE, method)
    # The link guide asks nothing about actions; what it needs to know is whose application it is.
    shared = {name: query.get(name, "") for name in ("client", "tenant", "profile")}
    only_actions = {"a": query.get("a", "")}
    return GuideAddresses(
        plain=plain,
        dynamic=with_query(plain, query),
        markdown=with_query(f"{plain}.md", query),
        json=with_query(f"{plain}.json", query),
        profile_guide=with_query(base_url + guide_path(connector, PROFILE_GUIDE, method), shared),
        link_guide=with_query(link, shared),
        rights_xml=with_query(f"{base_url}/connectors/{quote(connector)}/permission-set.xml", only_actions),
        rights_al=with_query(f"{base_url}/connectors/{quote(connector)}/permission-set.al", only_actions),
    )


_LOCALHOST_HINT = (
    " For the trial, open this installation as http://localhost: sign-in pages take plain http for no other name."
)


def address_warnings(base_url: str) -> tuple[str, ...]:
    """What stands in the way of the provider's redirect to this installation."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if is_loopback(host):
        name = "" if host == "localhost" or parts.scheme == "https" else _LOCALHOST_HINT
        return (
            (
                f"The redirect URI points at this machine only ({base_url}): good for a trial in a browser on it, not reachable "
                f"from outside. Set LINKSPAN_PUBLIC_URL to the https address that other people open.{name}"
            ),
        )
    if parts.scheme != "https":
        return (
            (
                f"The redirect URI is not https ({base_url}), and sign-in pages take plain http for localhost only. "
                "Set LINKSPAN_PUBLIC_URL to an https address."
            ),
        )
    return _private_warning(host)


def _private_warning(host: str) -> tuple[str, ...]:
    try:
        private = not ip_address(host).is_global
    except ValueError:
        private = "." not in host or host.endswith((".local", ".internal", ".lan"))
    if not private:
        return ()
    return (f"The redirect URI's host {host} looks private: it may not be reachable from outside this network.",)
