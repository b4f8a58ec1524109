"""Writes a guide as Markdown: for the `.md` address, the CLI and language models."""

from linkspan.usecases.guide_views import CopyText, GuideView, StepView, TableRight


def guide_markdown(view: GuideView) -> str:
    """The whole guide; the same facts as the page, in the same order."""
    parts = [f"# {view.title}", view.intro]
    parts += [f"> {text}" for text in view.notices]
    if view.needs:
        parts += ["## Before you start", "\n".join(f"- {need}" for need in view.needs)]
    if view.has_selector:
        parts += _selection(view)
    for step in view.steps:
        parts += _step(step)
    if view.has_selector and view.rights:
        parts += _rights(view)
    parts.append(f"This guide as a page: <{view.addresses.dynamic}>")
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _selection(view: GuideView) -> list[str]:
    which = f"The {view.usual} of a new profile (none singled out)." if view.everything else _names(view)
    return [
        "## What the application may do",
        f"**Actions:** {which}",
        f"**Scopes selected** (separator: {view.separator}):",
        f"```text\n{view.scopes_text}\n```",
        f"**Dynamic guide URL:** <{view.addresses.dynamic}>",
    ]


def _names(view: GuideView) -> str:
    return f"{len(view.chosen)} of {view.total}: " + ", ".join(f"{row.label} (`{row.id}`)" for row in view.chosen) + "."


def _step(step: StepView) -> list[str]:
    parts = [f"## Step {step.number}. {step.title}", step.markdown]
    parts += [f"> **Note.** {text}" for text in step.warnings]
    parts += [_copy(copy) for copy in step.copies]
    if step.enables:
        parts.append(f"Enables actions: {', '.join(row.label for row in step.enables)}.")
    if step.older:
        parts.append(f"In the older interface: {step.older}")
    return parts


def _copy(copy: CopyText) -> str:
    return f"{copy.label}:\n\n```text\n{copy.text}\n```"


def _rights(view: GuideView) -> list[str]:
    head = "| Table | Object id | Read | Insert | Modify | Delete |\n|---|---|---|---|---|---|"
    return [
        "## Permissions inside Business Central",
        (
            "The smallest permission set that lets a person run these actions "
            f"([XML]({view.addresses.rights_xml}), [AL]({view.addresses.rights_al})):"
        ),
        "\n".join([head, *(_right(right) for right in view.rights)]),
    ]


def _right(right: TableRight) -> str:
    cells = " | ".join("yes" if letter in right.rights else "" for letter in "RIMD")
    return f"| {right.table} | {right.id or ''} | {cells} |"
