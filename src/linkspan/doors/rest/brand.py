"""Endpoints: how the project's link pages look."""

import base64
import binascii

from fastapi import APIRouter
from pydantic import Field

from linkspan.doors.rest.access import CallerOf, HallOf
from linkspan.doors.rest.answers import Answer
from linkspan.doors.rest.asks import Ask
from linkspan.doors.rest.bounded import BoundedRoute
from linkspan.errors import InvalidInputError, Mistake
from linkspan.link_records import Brand
from linkspan.usecases.keep_brand import BrandChange, change_brand, show_brand

router = APIRouter(route_class=BoundedRoute, tags=["Link pages"])


class BrandAsk(Ask):
    """Changes of the brand; what is left out stays, null takes it away."""

    name: str | None = Field(default=None, description="Null: the project's own name.")
    colour: str | None = Field(
        default=None, description="Accent colour, made readable in light and dark.", examples=["#0b6e4f"]
    )
    logo: str | None = Field(
        default=None, description="PNG, JPEG, WebP or SVG of at most 200 KB, as base64 or a `data:` address."
    )


class BrandAnswer(Answer):
    """How the link pages look."""

    name: str
    colour: str | None
    logo_url: str | None

    @classmethod
    def of(cls, brand: Brand, base_url: str) -> "BrandAnswer":
        """The brand with its logo's address."""
        logo = f"{base_url}/connect/brand/{brand.logo_digest}" if brand.logo_digest else None
        return cls(name=brand.name, colour=brand.colour, logo_url=logo)


@router.get("/brand", summary="Get the brand")
async def get(hall: HallOf, caller: CallerOf) -> BrandAnswer:
    """Name, colour and logo that customers see on the link pages. Needs the key scope `platform:read`."""
    return BrandAnswer.of(await show_brand(hall, caller), hall.settings.base_url)


@router.patch("/brand", summary="Change the brand")
async def change(ask: BrandAsk, hall: HallOf, caller: CallerOf) -> BrandAnswer:
    """Make the link pages look like your product. Needs `platform:write`."""
    changes, given = BrandChange(), ask.model_fields_set
    if "name" in given:
        changes["name"] = ask.name
    if "colour" in given:
        changes["colour"] = ask.colour
    if "logo" in given:
        changes["logo"] = _picture(ask.logo)
    return BrandAnswer.of(await change_brand(hall, caller, changes), hall.settings.base_url)


def _picture(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return base64.b64decode(text.partition(";base64,")[2] or text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInputError(mistakes=[Mistake("logo", "is not base64")]) from None
