"""Guides: a connector's Markdown files, read into steps that pages, Markdown, JSON and the CLI show."""

from dataclasses import dataclass

KINDS = ("connector-profile", "link-account")
"""The guides of a sign-in method; the file is named `{kind}.{method}.md`."""


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step. `body` is Markdown with {placeholders} such as {redirect_uri}.

    `scopes`: shown only when one of them is needed by the chosen actions (empty: always). `lists_actions`: the step names the chosen
    actions that it enables. `copy`: the name of a value offered with a copy button. `older`: the path in an older interface. `audience`:
    one_tenant or many_tenants (None: everybody). `shows`: names of live parts that the page puts into the step.
    """

    id: str
    title: str
    body: str
    scopes: tuple[str, ...] = ()
    lists_actions: bool = False
    copy: str | None = None
    older: str | None = None
    audience: str | None = None
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide: `kind` and sign-in `method` from the file's name; `intro` is Markdown, `before` what the reader needs at hand."""

    kind: str
    method: str
    title: str
    intro: str
    before: tuple[str, ...]
    steps: tuple[GuideStep, ...]
