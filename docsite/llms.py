"""llms.txt, which names every page's Markdown for language models, and llms-full.txt, which holds what a reader needs in one file."""

from itertools import groupby

from page import Page

SUMMARY = (
    "Linkspan is an open-source, self-hosted integration platform in Python: customers link their business systems once (OAuth), and "
    "applications and AI agents run typed, least-privilege actions on them over REST, RPC or MCP. Connectors: Microsoft Dynamics 365 "
    "Business Central and Microsoft Entra ID."
)


def llms_index(pages: list[Page]) -> str:
    """A list of all pages by group, each with its Markdown's address and first sentence."""
    parts = ["# Linkspan", f"> {SUMMARY}", "All written pages and guides in one file: [llms-full.txt](llms-full.txt)."]
    for group, found in groupby(pages, key=lambda page: ": ".join(page.group) or "Home"):
        parts += [f"## {group}", "\n".join(_line(page) for page in found)]
    return "\n\n".join(parts) + "\n"


def _line(page: Page) -> str:
    return f"- [{page.title}]({page.path})" + (f": {page.about}" if page.about else "")


def llms_full(pages: list[Page]) -> str:
    """The written pages and the guides; what is made from code is left to its own pages, for its size."""
    kept = [page for page in pages if not page.generated or page.group[0] == "Guides"]
    kept = [page for page in kept if page.group[:1] != ("Decisions",)]
    bodies = [f"<!-- {page.path} -->\n\n{page.text.replace('{root}', '').strip()}" for page in kept]
    return "\n\n".join([f"# Linkspan\n\n> {SUMMARY}", *bodies]) + "\n"
