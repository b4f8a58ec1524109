"""Guides: a connector's Markdown files, read into steps that pages, Markdown, JSON and the CLI show."""

from dataclasses import dataclass, replace

KINDS = ("connector-profile", "link-account")
"""The guides of a sign-in method; the file is named `{kind}.{method}.md`."""

PROOFS = ("token", "callback", "consent", "secret", "certificate", "answer", "link")
"""What can prove a step: a token was issued, somebody came back from the sign-in, a token was issued for the scopes, with the secret or the
certificate, the service answered, an account was linked."""


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step. `body` is Markdown with {placeholders} such as {redirect_uri}.

    `scopes`: shown only when one of them is needed by the chosen actions (empty: always). `lists_actions`: the step names the chosen
    actions that it enables. `copy`: the name of a value offered with a copy button. `older`: the path in an older interface. `audience`:
    one_tenant or many_tenants (None: everybody). `shows`: names of live parts that the page puts into the step. `after`: in a guide like
    another, the step of that one which it follows. `proved_by`: which event proves the step for a profile that exists (None: nothing can).
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
    after: str | None = None
    proved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide: `kind` and sign-in `method` from the file's name; `intro` is Markdown, `before` what the reader needs at hand.

    `like` names the guide (by file name) that this one differs from, `without` the steps of that one which it leaves out.
    """

    kind: str
    method: str
    title: str
    intro: str
    before: tuple[str, ...]
    steps: tuple[GuideStep, ...]
    like: str | None = None
    without: tuple[str, ...] = ()


def completed(guide: Guide, other: Guide) -> Guide:
    """A guide that is like another one, whole.

    A step with an id of the other's takes that one's place, any other comes behind the step that its `after` names, or at the end.
    """
    own = {step.id: step for step in guide.steps}
    steps = [own.pop(step.id, step) for step in other.steps if step.id not in guide.without]
    for step in own.values():
        place = next((number for number, known in enumerate(steps, 1) if known.id == step.after), len(steps))
        steps.insert(place, step)
    return replace(guide, intro=guide.intro or other.intro, before=guide.before or other.before, steps=tuple(steps))
