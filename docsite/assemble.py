"""All pages of the site: the written ones of docs/ and the root, and those that are made from data and code."""

import asyncio
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from actions import action_pages, guide_pages
from commands import command_pages
from page import Page
from rest import rest_pages
from sdk_pages import sdk_pages

from linkspan.connectors.catalog import load_catalog
from linkspan.doors.rest.routes import build_api
from linkspan.settings import load_settings
from linkspan.usecases.hall import Hall
from linkspan.wiring import opened_hall

ROOT = Path(__file__).parents[1]
# The written pages in their order: group, then file (below docs/, or at the root) and its title in the navigation.
WRITTEN: dict[tuple[str, ...], dict[str, str]] = {
    (): {"docs/index.md": "Linkspan"},
    ("Start",): {
        "README.md": "At a glance",
        "docs/quickstart-real-tenant.md": "Quick start with a real tenant",
        "docs/concepts.md": "Concepts",
        "docs/comparison.md": "Compared with alternatives",
        "docs/migration.md": "Move from a hosted client",
    },
    ("Use",): {
        "docs/actions.md": "Run actions",
        "docs/linking.md": "Link accounts",
        "docs/authentication.md": "Sign-in methods",
        "docs/mcp.md": "AI agents (MCP)",
        "docs/mcp-clients.md": "Set up your MCP client",
        "docs/toolset.md": "Tools for agent frameworks",
        "docs/sdk.md": "Python SDK",
        "docs/webhooks.md": "Webhooks",
        "docs/compatible-door.md": "Compatible door",
    },
    ("Operate",): {
        "docs/operating.md": "Operating",
        "docs/console.md": "Console",
        "docs/settings.md": "Settings",
        "SECURITY.md": "Security",
    },
    ("Build",): {
        "docs/add-a-connector.md": "Write a connector",
        "docs/add-an-action.md": "Add an action",
        "docs/simulator.md": "Simulator",
        "docs/simulator-coverage.md": "What the simulator covers",
        "docs/architecture.md": "Architecture",
        "CONTRIBUTING.md": "Contribute",
    },
    ("Reference",): {"docs/errors.md": "Errors", "CHANGELOG.md": "Changes"},
}
ORDER = ("", "Start", "Use", "Operate", "Build", "Guides", "Actions", "Reference", "Decisions")
_AT_ROOT = re.compile(r"\]\((?:\.\./)?(README|CONTRIBUTING|SECURITY|CHANGELOG)\.md")
# Files that the docs point to and the site carries as they are: example configurations and data.
CARRIED = {"docs/proxy/Caddyfile": "proxy/Caddyfile", "docs/proxy/nginx.conf": "proxy/nginx.conf",
           "src/linkspan/providerauth/aadsts.toml": "data/aadsts.toml"}  # fmt: skip


def all_pages() -> list[Page]:
    """Every page of the site, in the order of the navigation."""
    catalog = load_catalog()
    pages = [*written_pages(), *guide_pages(catalog), *action_pages(catalog), *rest_pages(openapi_document())]
    pages += [*command_pages(), *sdk_pages()]
    return sorted(pages, key=lambda page: ORDER.index(page.group[0] if page.group else ""))


def written_pages() -> Iterator[Page]:
    """The committed pages. A page of docs/ that stands nowhere is a mistake: it could not be reached."""
    listed = {name: title for names in WRITTEN.values() for name, title in names.items()}
    forgotten = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} - set(listed)
    if forgotten:
        raise SystemExit(f"docsite/assemble.py: WRITTEN does not name {', '.join(sorted(forgotten))}.")
    for group, names in WRITTEN.items():
        for name, title in names.items():
            path = site_path(name)
            yield Page(path, title, _moved((ROOT / name).read_text()), group)
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = path.read_text()
        title = re.sub(r"^#\s*(?:\d+[.:]?\s*)?", "", text.splitlines()[0])
        yield Page(f"decisions/{path.name}", title, _moved(text), ("Decisions",))


def site_path(name: str) -> str:
    """Where a file of the repository is on the site: docs/ is the site's root, and the root's own pages are below about/."""
    return name.removeprefix("docs/") if name.startswith("docs/") else f"about/{name.lower()}"


def _moved(text: str) -> str:
    """The links of a page from its place in the repository to its place on the site."""
    text = _AT_ROOT.sub(lambda found: f"]({{root}}about/{found[1].lower()}.md", text)
    for name, place in CARRIED.items():
        text = re.sub(
            rf"\]\((?:\.\./)*(?:docs/)?{re.escape(name.removeprefix('docs/'))}\)", f"]({{root}}{place})", text
        )
    return re.sub(r"\]\(docs/", "]({root}", text)


def openapi_document() -> dict[str, object]:
    """The document of /v1, as a running installation answers it."""

    async def ask(folder: Path) -> dict[str, object]:
        settings = load_settings(data_dir=folder, public_url="https://linkspan.example.com")
        async with opened_hall(settings) as hall:
            return _document(hall)

    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(ask(Path(folder)))


def _document(hall: Hall) -> dict[str, object]:
    return dict(build_api(hall).openapi())
