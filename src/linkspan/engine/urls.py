"""URLs of OData requests: the action's path below the service root, and query options, percent-encoded."""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin

from linkspan.engine.call import COMPANY, Call, Position, Target
from linkspan.errors import ProviderAnswerError

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Values that percent-encoding leaves as they are, such as GUIDs.
PLAIN = re.compile(r"[\w.~'-]+", re.ASCII)
_READABLE = "(),:"
_NAMES = (("select", "$select"), ("expand", "$expand"), ("order_by", "$orderby"))
# OData's own options are shown in logs; the values of all others are left out, for nobody knows what they hold.
_SHOWN = frozenset({"$select", "$expand", "$orderby", "$top", "$skip", "$count", "$filter", "$skiptoken", "aid"})


def action_path(call: Call, company: str | None) -> str:
    """The action's path with its inputs filled in; `company` is the id that a company's name stands for."""
    values = {
        name: value if name == COMPANY or PLAIN.fullmatch(value) else quote(value, safe="-'")
        for name, value in call.path.items()
    }
    if company is not None:
        values[COMPANY] = company
    template, parent = call.action.path, call.action.parent
    if parent is not None and parent.parameter not in values:
        # The body names the parent instead, so the record is created in its own set.
        template = template.replace(
            f"{parent.entity.set}({{{parent.parameter}}})/{parent.link}", call.action.entity.set
        )
    return _pattern(template) % values


@lru_cache(maxsize=10_000)
def _pattern(template: str) -> str:
    """The template for `%`, which fills in quickly: `customers({id})` → `customers(%(id)s)`."""
    return _PLACEHOLDER.sub(r"%(\1)s", template.replace("%", "%%"))


def list_tail(call: Call, path: str, page_size: int | None = None) -> str:
    """The first page's URL below the service root; a `page_size` asks for pages of so many rows by `$top`."""
    query = call.query
    options = record_options(query)
    if query.get("filter"):
        options.append("$filter=" + quote(str(query["filter"]), safe=_READABLE))
    top = query.get("top") if page_size is None else page_size
    if top is not None:
        options.append(f"$top={top}")
    if query.get("skip") is not None:
        options.append(f"$skip={query['skip']}")
    if query.get("count"):
        options.append("$count=true")
    return f"{path}?{'&'.join(options)}" if options else path


def record_options(query: Mapping[str, object]) -> list[str]:
    """`$select`, `$expand` and `$orderby` as query options."""
    options: list[str] = []
    for name, option in _NAMES:
        names = query.get(name)
        if isinstance(names, tuple) and names:
            options.append(f"{option}={quote(','.join(names), safe=_READABLE)}")
    return options


def record_url(call: Call, path: str) -> str:
    """The URL of one record with the options of a single read."""
    options = record_options(call.query)
    url = f"{call.target.api_root}/{path}"
    return f"{url}?{'&'.join(options)}" if options else url


def next_tail(target: Target, position: Position, link: object) -> str:
    """The part of a next link below the service root. Raises ProviderAnswerError for a link that leads anywhere else, or nowhere new."""
    asked = f"{target.api_root}/{position.tail}"
    url = urljoin(asked, link) if isinstance(link, str) else ""
    root = target.api_root + "/"
    # The provider may write the environment's name in other capitals; the caller's token only ever goes to our own root.
    if url[: len(root)].lower() != root.lower() or _climbs(url):
        message = "The provider's link to the next page leads to another place, so it was not followed."
        raise ProviderAnswerError(message)
    tail = url[len(root) :]
    if tail == position.tail:
        message = "The provider's link to the next page leads to the same page again."
        raise ProviderAnswerError(message)
    return tail


def _climbs(url: str) -> bool:
    """Whether an HTTP client would read the path as one above itself: it decodes `%2e` and takes a backslash for a slash."""
    path = unquote(url.partition("?")[0]).replace("\\", "/")
    return not {".", ".."}.isdisjoint(path.split("/"))


def shown_url(url: str) -> str:
    """A URL for the log: the values of query options that are not OData's own are left out."""
    path, mark, query = url.partition("?")
    if not mark:
        return url
    parts = (option.partition("=") for option in query.split("&"))
    return f"{path}?{'&'.join(f'{name}={value}' if name.replace('%24', '$') in _SHOWN else f'{name}=***' for name, _, value in parts)}"[
        :2000
    ]
