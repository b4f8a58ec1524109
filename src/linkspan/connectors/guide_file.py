"""Reads a guide's Markdown file: YAML front matter, an introduction, and steps under `## ` headings."""

import re
from collections.abc import Collection, Iterable
from itertools import pairwise

from linkspan.connectors.document import Document
from linkspan.connectors.guide import KINDS, PROOFS, Guide, GuideStep
from linkspan.connectors.mistakes import unknown_name
from linkspan.connectors.names import snake_case
from linkspan.connectors.yaml_lines import Lines

FRONT_KEYS = frozenset({"title", "intro", "before", "like", "without"})
STEP_KEYS = frozenset({"id", "scopes", "lists_actions", "copy", "older", "audience", "shows", "after", "proved_by"})
AUDIENCES = frozenset({"one_tenant", "many_tenants"})

_ATTRIBUTES = re.compile(r"^<!--\s*step:\s*(\{.*\})\s*-->\s*$")


def read_guide(document: Document, stem: str, text: str, scopes: Collection[str]) -> Guide | None:
    """The guide in `text`; `stem` is the file's name without `.md`, `scopes` are those a step may name.

    Notes mistakes in the (empty) `document`; None if the guide cannot be read.
    """
    kind, _, method = stem.partition(".")
    if kind not in KINDS or not method:
        document.say((), f"name the file {{kind}}.{{sign-in method}}.md with one of the kinds {', '.join(KINDS)}")
        return None
    rows = text.splitlines()
    start = _front_matter(document, rows)
    title = document.text(("title",))
    if title is None:
        document.say(("title",), "add 'title': the guide's heading, in the front matter between two lines of ---")
    heads = [number for number, row in enumerate(rows) if number >= start and row.startswith("## ")]
    if not heads:
        document.say((), "add at least one step: a line that starts with '## '")
    steps = tuple(_step(document, rows, (head, end), scopes) for head, end in pairwise([*heads, len(rows)]))
    for key in document.data:
        if key not in FRONT_KEYS:
            document.say((key,), unknown_name("front matter key", key, FRONT_KEYS))
    _unique(document, steps)
    lead = "\n".join(rows[start : heads[0] if heads else len(rows)])
    intro = f"{document.text(('intro',)) or ''}\n\n{lead.strip()}".strip()
    before = tuple(text for _, text in document.names(("before",)))
    without = tuple(text for _, text in document.names(("without",)))
    return Guide(kind, method, title or "", intro, before, steps, document.text(("like",)), without)


def _front_matter(document: Document, rows: list[str]) -> int:
    """Read the front matter into the document; the number of the first row after it."""
    if not rows or rows[0].strip() != "---" or "---" not in rows[1:]:
        return 0
    end = rows.index("---", 1)
    document.read("\n".join(rows[1:end]), first_line=2)
    return end + 1


def _step(document: Document, rows: list[str], span: tuple[int, int], scopes: Collection[str]) -> GuideStep:
    head, end = span
    title = rows[head][3:].strip()
    attributes = Document(document.name, Lines(lines={(): head + 1}), document.found)
    body: list[str] = []
    for number in range(head + 1, end):
        match = _ATTRIBUTES.match(rows[number])
        if match:
            attributes.read(match[1], first_line=number + 1)
        else:
            body.append(rows[number])
    _check_attributes(attributes, scopes)
    return GuideStep(
        id=attributes.text(("id",)) or snake_case(re.sub(r"\W+", "_", title)).strip("_"),
        title=title,
        body="\n".join(body).strip(),
        scopes=_texts(attributes, "scopes"),
        lists_actions=attributes.value(("lists_actions",)) is True,
        copy=attributes.text(("copy",)),
        older=attributes.text(("older",)),
        audience=attributes.text(("audience",)),
        shows=_texts(attributes, "shows"),
        after=attributes.text(("after",)),
        proved_by=attributes.text(("proved_by",)),
    )


def _check_attributes(attributes: Document, scopes: Collection[str]) -> None:
    for key in attributes.data:
        if key not in STEP_KEYS:
            attributes.say((key,), unknown_name("step attribute", key, STEP_KEYS))
    audience = attributes.text(("audience",))
    if audience is not None and audience not in AUDIENCES:
        attributes.say(("audience",), unknown_name("audience", audience, AUDIENCES))
    proof = attributes.text(("proved_by",))
    if proof is not None and proof not in PROOFS:
        attributes.say(("proved_by",), unknown_name("proof", proof, PROOFS))
    for path, scope in attributes.names(("scopes",)):
        if scope not in scopes:
            attributes.say(path, unknown_name("scope", scope, scopes))


def _texts(attributes: Document, key: str) -> tuple[str, ...]:
    one = attributes.text((key,))
    return (one,) if one is not None else tuple(text for _, text in attributes.names((key,)))


def _unique(document: Document, steps: Iterable[GuideStep]) -> None:
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            document.say((step.id,), f"give each step its own id; {step.id!r} is used twice")
        seen.add(step.id)
