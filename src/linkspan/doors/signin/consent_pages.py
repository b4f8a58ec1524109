"""Draws the consent page: who asks, who agrees, and what there is to choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from starlette.responses import Response

from linkspan.doors.look.colour import accent_style
from linkspan.doors.look.pages import OURS, Look, Pages
from linkspan.doors.look.problem import problem_of, problem_page
from linkspan.doors.signin.choices import Choices
from linkspan.errors import LinkspanError
from linkspan.permit_records import McpClient
from linkspan.usecases.exchange_tokens import IDLE_LIFETIME, LONGEST_LIFETIME
from linkspan.usecases.hall import Hall
from linkspan.usecases.keep_brand import read_brand
from linkspan.usecases.name_grantor import Grantor
from linkspan.usecases.offer_actions import Opening
from linkspan.usecases.offer_consent import Area, ConsentOffer
from linkspan.usecases.read_authorization import AuthorizationAsk
from linkspan.usecases.redirect_uris import form_target, is_local, redirect_host

_FEW_AREAS = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A client's request as a browser shows it: its page's own address, and the value that the page's form must carry."""

    ask: AuthorizationAsk
    action: str
    token: str


class Shown(TypedDict):
    """Who asks, as far as it is known: `host` of its own document, or None; `name` is what it calls itself."""

    name: str
    host: str | None
    back_to: str
    local: bool


class AccountRow(TypedDict):
    """One account: `level` is "", read or write; `reads_only`: whoever linked it allows no writing."""

    id: str
    label: str
    about: str
    level: str
    reads_only: bool


class AreaRow(TypedDict):
    """One area, whether it is ticked, and whether it fits the search."""

    area: Area
    reads: bool
    writes: bool
    fits: bool


class ConsentPages:
    """The pages of this door."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        # The page of a client that opened this one in a window of its own waits for it.
        self._pages = Pages(hall.settings, Path(__file__).with_name("templates"), keeps_opener=True)

    def who(self, asked: Asked, error: LinkspanError | None = None) -> Response:
        """Nobody has said yet who they are."""
        return self._pages.page(
            "who.html",
            status=error.http_status if error else 200,
            form_targets=(form_target(asked.ask.redirect_uri),),
            title="Sign in",
            **OURS,
            client=_shown(asked.ask),
            action=asked.action,
            form_token=asked.token,
            problem=problem_of(error, at=self._hall.clock()) if error else None,
        )

    async def choose(
        self, asked: Asked, grantor: Grantor, offer: ConsentOffer, choices: Choices, error: LinkspanError | None = None
    ) -> Response:
        """What shall it be allowed to do?"""
        brand = await read_brand(self._hall, grantor.project_id)
        look = Look(
            product=brand.name,
            logo=f"/connect/brand/{brand.logo_digest}" if brand.logo_digest else None,
            style=accent_style(brand.colour) if brand.colour else "",
        )
        client, writes = _shown(asked.ask), grantor.writes and asked.ask.writes
        return self._pages.page(
            "choose.html",
            status=error.http_status if error else 200,
            form_targets=(form_target(asked.ask.redirect_uri),),
            title=f"Let {client['name']} work for you?",
            **look,
            client=client,
            action=asked.action,
            form_token=asked.token,
            by_key=grantor.key_id is not None,
            writes=writes,
            accounts=self._accounts(offer.openings, choices),
            more=offer.more,
            searchable=offer.more or bool(choices.search) or len(offer.openings) > 1,
            areas=_areas(offer.areas, choices),
            areas_searchable=len(offer.areas) > _FEW_AREAS,
            choices=choices,
            idle_days=IDLE_LIFETIME.days,
            longest_days=LONGEST_LIFETIME.days,
            wrong=[mistake.what for mistake in error.mistakes] if error else [],
        )

    def problem(self, error: LinkspanError) -> Response:
        """A failure that no client can be told of."""
        return problem_page(self._pages, error, at=self._hall.clock(), template="stopped.html")

    def _accounts(self, openings: Sequence[Opening], choices: Choices) -> list[AccountRow]:
        alone = choices.untouched and len(openings) == 1
        rows = []
        for opening in openings:
            account = opening.account
            label = account.label or account.fields.get("company_name") or account.owner.name
            level = "read" if alone else _level(choices, account.id)
            level = "read" if account.read_only and level == "write" else level
            about = self._about(opening, label)
            rows.append(AccountRow(id=account.id, label=label, about=about, level=level, reads_only=account.read_only))
        return rows

    def _about(self, opening: Opening, label: str) -> str:
        account = opening.account
        connector = self._hall.catalog.connectors[account.connector].name
        fields = account.fields
        told = (account.owner.name, connector, fields.get("company_name"), fields.get("environment"))
        return " · ".join(dict.fromkeys(text for text in told if text and text != label))


def _shown(ask: AuthorizationAsk) -> Shown:
    client: McpClient = ask.client
    host = urlsplit(client.id).hostname if client.by_document else None
    return Shown(
        name=client.name or host or "A program without a name",
        host=host,
        back_to=redirect_host(ask.redirect_uri),
        local=is_local(ask.redirect_uri),
    )


def _level(choices: Choices, account_id: str) -> str:
    if account_id not in choices.accounts:
        return ""
    return "write" if choices.accounts[account_id] else "read"


def _areas(areas: Sequence[Area], choices: Choices) -> list[AreaRow]:
    words = choices.area_search.casefold().split()
    return [
        AreaRow(
            area=area,
            reads=area.id in choices.areas,
            writes=choices.areas.get(area.id, False),
            fits=all(word in area.label.casefold() for word in words),
        )
        for area in areas
    ]
