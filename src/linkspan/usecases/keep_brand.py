"""How a project's link pages look: product name, logo, accent colour."""

import hashlib
import re
from typing import TypedDict

from linkspan.errors import InvalidInputError, Mistake, NotFoundError
from linkspan.link_records import Brand, Logo
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.audit import note_of
from linkspan.usecases.create_project import MOST_LETTERS
from linkspan.usecases.hall import Hall

MOST_LOGO_BYTES = 200 * 1024
# A picture is told by its first bytes, never by what somebody calls it.
_PICTURES = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/svg+xml": re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<svg[\s>]", re.DOTALL),
}


class BrandChange(TypedDict, total=False):
    """What to change of a brand; an absent name stays, None takes it away. `logo`: the picture's bytes."""

    name: str | None
    colour: str | None
    logo: bytes | None


async def read_brand(hall: Hall, project_id: str) -> Brand:
    """How a project's pages look. For the link pages, which nobody signs in to. Raises NotFoundError."""
    brand = await hall.brands.read(project_id)
    if brand is None:
        raise NotFoundError("There is no such project.")
    return brand


async def show_brand(hall: Hall, caller: Caller) -> Brand:
    """The brand of the caller's project."""
    require(caller, KeyScope.PLATFORM_READ)
    return await read_brand(hall, caller.project_id)


async def change_brand(hall: Hall, caller: Caller, change: BrandChange) -> Brand:
    """Change how the project's link pages look. Raises InvalidInputError."""
    require(caller, KeyScope.PLATFORM_WRITE)
    cells: dict[str, object] = {}
    mistakes = []
    if "name" in change:
        name = (change["name"] or "").strip() or None
        if name is not None and len(name) > MOST_LETTERS:
            mistakes.append(Mistake("name", f"has more than {MOST_LETTERS} characters"))
        cells["name"] = name
    if "colour" in change:
        colour = change["colour"]
        if colour is not None and re.fullmatch(r"#[0-9a-fA-F]{6}", colour) is None:
            mistakes.append(Mistake("colour", "must be written as #rrggbb"))
        cells["colour"] = colour and colour.lower()
    if "logo" in change:
        kind = _kind_of(change["logo"])
        if change["logo"] is not None and kind is None:
            mistakes.append(
                Mistake("logo", f"must be a PNG, JPEG, WebP or SVG of at most {MOST_LOGO_BYTES // 1024} KB")
            )
        digest = hashlib.sha256(change["logo"]).hexdigest() if change["logo"] else None
        cells |= {"logo": change["logo"], "logo_type": kind, "logo_digest": digest}
    if mistakes:
        raise InvalidInputError(mistakes=mistakes)
    if cells:
        note = note_of(hall, caller, "brand.changed", caller.project_id, change)
        await hall.brands.change(caller.project_id, cells, note.at, note)
    return await read_brand(hall, caller.project_id)


async def read_logo(hall: Hall, digest: str) -> Logo:
    """A logo by the digest of its content. Raises NotFoundError."""
    logo = await hall.brands.logo(digest)
    if logo is None:
        raise NotFoundError("There is no such picture.")
    return logo


def _kind_of(content: bytes | None) -> str | None:
    if not content or len(content) > MOST_LOGO_BYTES:
        return None
    return next((kind for kind, begins in _PICTURES.items() if begins.match(content)), None)
