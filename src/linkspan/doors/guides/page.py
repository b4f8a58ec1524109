"""Draws a guide as a web page."""

from starlette.responses import Response

from linkspan.doors.look.pages import Pages
from linkspan.usecases.guide_address import guide_path
from linkspan.usecases.guide_selection import SEPARATORS
from linkspan.usecases.guide_views import GuideView

# The pages are the same for everybody; a minute of caching is short enough for a changed setting.
PUBLIC = "public, max-age=60"


def guide_page(pages: Pages, view: GuideView, search: str) -> Response:
    """The guide with its selector."""
    return pages.page(
        "guide.html",
        cache=PUBLIC,
        title=view.title,
        here="connectors",
        robots="index",
        view=view,
        search=search,
        separators=list(SEPARATORS),
        plain_path=guide_path(view.connector, view.kind, view.method),
    )
