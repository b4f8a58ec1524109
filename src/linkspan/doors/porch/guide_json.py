"""Writes a guide as JSON, for programs that show it in a page of their own."""

from collections.abc import Iterable

from linkspan.usecases.guide_views import ActionRow, GuideView, StepProof


def guide_json(view: GuideView) -> dict[str, object]:
    """The whole guide: selection, scopes, steps (Markdown with every value filled in) and permission set."""
    return {
        "connector": view.connector,
        "connector_name": view.connector_name,
        "kind": view.kind,
        "auth_method": view.method,
        "title": view.title,
        "intro": view.intro,
        "before": list(view.needs),
        "notices": list(view.notices),
        "audience": view.audience,
        "audiences": dict(view.audiences),
        "selection": _selection(view) if view.has_selector else None,
        "steps": [
            {
                "id": step.id,
                "title": step.title,
                "content": step.markdown,
                "older_path": step.older,
                "copy": [{"label": copy.label, "text": copy.text} for copy in step.copies],
                "warnings": list(step.warnings),
                "scopes": list(step.scopes),
                "enables_actions": _actions(step.enables),
                **({"proof": _proof(step.proof)} if step.proof else {}),
            }
            for step in view.steps
        ],
        "permission_set": _permission_set(view) if view.has_selector else None,
        "addresses": {
            "page": view.addresses.plain,
            "dynamic": view.addresses.dynamic,
            "markdown": view.addresses.markdown,
            "json": view.addresses.json,
            "profile_guide": view.addresses.profile_guide,
            "link_guide": view.addresses.link_guide,
        },
    }


def _proof(proof: StepProof) -> dict[str, object]:
    return {
        "state": proof.state.value,
        "what": proof.what,
        "at": proof.at,
        "code": proof.code,
        "next_step": proof.next_step,
    }


def _selection(view: GuideView) -> dict[str, object]:
    return {
        "actions": [
            {"id": row.id, "label": row.label, "verb": row.verb, "scopes": list(row.scopes), "chosen": row.chosen}
            for group in view.groups
            for row in group.rows
        ],
        "chosen": [row.id for row in view.chosen],
        "everything": view.everything,
        "text": view.selection,
        "scopes": list(view.scopes),
        "scopes_text": view.scopes_text,
        "separator": view.separator,
    }


def _permission_set(view: GuideView) -> dict[str, object]:
    return {
        "tables": [{"table": right.table, "id": right.id, "rights": right.rights} for right in view.rights],
        "xml": view.addresses.rights_xml,
        "al": view.addresses.rights_al,
    }


def _actions(rows: Iterable[ActionRow]) -> list[dict[str, str]]:
    return [{"id": row.id, "label": row.label} for row in rows]
