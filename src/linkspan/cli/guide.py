"""`linkspan guide`: the setup guides, as the pages tell them."""

from typing import TYPE_CHECKING, Annotated

import typer

from linkspan.cli.opening import root_settings, stop
from linkspan.cli.output import console, print_json
from linkspan.errors import LinkspanError

if TYPE_CHECKING:
    from linkspan.settings import Settings
    from linkspan.usecases.guide_views import GuideView

KINDS = ("connector-profile", "link-account")


def guide(
    connector: Annotated[str, typer.Argument(help="Connector key.")] = "dynamics365bc",
    which: Annotated[str, typer.Option(help=" or ".join(KINDS))] = KINDS[0],
    method: Annotated[str, typer.Option(help="Authentication method.")] = "oauth-2-0",
    action: Annotated[list[str] | None, typer.Option(help="Chosen action; may be repeated. Default: all.")] = None,
    audience: Annotated[str, typer.Option(help="one_tenant or many_tenants.")] = "one_tenant",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print a setup guide as Markdown, for this installation's address and the chosen actions."""
    from linkspan.doors.guides.markdown import guide_markdown
    from linkspan.doors.porch.guide_json import guide_json

    try:
        view = view_of(root_settings(), (connector, which, method), action or [], {"for": audience})
    except LinkspanError as error:
        stop(error)
    if as_json:
        print_json(guide_json(view))
    else:
        console.out(guide_markdown(view))


def view_of(
    settings: "Settings", which: tuple[str, str, str], actions: list[str], options: dict[str, str]
) -> "GuideView":
    """The guide of (connector, kind, method). Raises NotFoundError for one that does not exist."""
    from linkspan.connectors.catalog import load_catalog
    from linkspan.usecases.guide_selection import select
    from linkspan.usecases.read_guide import GuideRequest, read_guide

    key, kind, method = which
    connector = load_catalog(settings.connector_dirs).connector(key)
    selection = select(
        connector,
        [name for name in actions if name in connector.actions],
        [n for n in actions if n not in connector.actions],
    )
    return read_guide(settings.base_url, GuideRequest(connector, kind, method, selection, options))
