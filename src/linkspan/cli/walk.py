"""A person without a screen: opens pages over real HTTP, fills their forms and presses their buttons (`demo --headless`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2


@dataclass(slots=True)
class Form:
    """One form of a page: where it goes, how, the values it holds, its buttons (name, value, label) and its choices by field."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects the forms of a page in document order."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select: str | None = None
        self._button: tuple[str, str] | None = None
        self._label = ""
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
            self._open = True
        if not self._open:
            return
        if tag == "input":
            self._input(given)
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._button, self._label = (given.get("name", ""), given.get("value", "")), ""
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "option" and self._select:
            self._choice(self._select, given.get("value", ""), chosen="selected" in given)

    def _input(self, given: dict[str, str]) -> None:
        form, name, value = self.forms[-1], given.get("name", ""), given.get("value", "")
        kind = given.get("type", "text")
        if kind == "submit":
            form.buttons.append((name, value, value))
        elif kind in ("radio", "checkbox"):
            self._choice(name, value or "on", chosen="checked" in given)
        elif name:
            form.values[name] = value

    def _choice(self, name: str, value: str, *, chosen: bool) -> None:
        form = self.forms[-1]
        form.choices.setdefault(name, []).append(value)
        if chosen:
            form.values[name] = value

    def handle_data(self, data: str) -> None:
        self._label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button and self._open:
            self.forms[-1].buttons.append((*self._button, " ".join(self._label.split())))
            self._button = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._open = False


def forms_of(html: str) -> list[Form]:
    """The forms of a page, in order."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


class Walker:
    """A browser's cookie jar and patience: follows redirects and submits one form after another.

    `answers` maps field names to what the person would enter; a button is pressed by its field name in `answers`, else the form's first.
    """

    def __init__(self, answers: Mapping[str, str], *, most_pages: int = 12) -> None:
        self._answers = answers
        self._most_pages = most_pages

    async def walk(self, address: str) -> httpx2.Response:
        """Open `address` and go on until a page has no form that the answers can fill; that page is returned."""
        async with httpx2.AsyncClient(follow_redirects=True, timeout=30) as browser:
            page = await browser.get(address)
            for _ in range(self._most_pages):
                form = self._next_form(page)
                if form is None:
                    break
                page = await self._submit(browser, page, form)
            return page

    def _next_form(self, page: httpx2.Response) -> Form | None:
        """The form to answer: of those that take an answer of ours, the one that takes most."""
        fitting = [(self._fit(form), form) for form in forms_of(page.text) if form.method == "post"]
        best = max(fitting, key=lambda pair: pair[0], default=(0, None))
        return best[1] if best[0] else None

    def _fit(self, form: Form) -> int:
        names = {*form.values, *form.choices, *(name for name, _, _ in form.buttons)}
        return sum(name in names for name in self._answers)

    async def _submit(self, browser: httpx2.AsyncClient, page: httpx2.Response, form: Form) -> httpx2.Response:
        data = dict(form.values)
        data |= {name: value for name, value in self._answers.items() if name in form.values or name in form.choices}
        pressed = [(name, value) for name, value, _ in form.buttons if name and self._answers.get(name, value) == value]
        if pressed:
            data[pressed[0][0]] = pressed[0][1]
        return await browser.post(urljoin(str(page.url), form.action or str(page.url)), data=data)
