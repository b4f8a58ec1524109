"""The setup guides in the shape that `GET /actions?include=authentication_guides` answers (wire contract 2.5)."""

from linkspan.connectors.action import AuthMethod, Connector
from linkspan.usecases.guide_views import GuideView, StepView
from linkspan.usecases.read_guide import GuideRequest, read_guide

_NAMES = {"config": "connector-profile", "setup": "link-account"}


def guides_of(base_url: str, connector: Connector, method: AuthMethod) -> dict[str, object]:
    """`config` is the profile guide and `setup` the link guide; null where the method has none."""
    return {
        name: _guide(read_guide(base_url, GuideRequest(connector, kind, method.key))) if kind in method.guides else None
        for name, kind in _NAMES.items()
    }


def _guide(view: GuideView) -> dict[str, object]:
    needs = list(view.needs)
    start: dict[str, object] = {"title": view.title, "content": view.intro, **({"list": needs} if needs else {})}
    return {"warning": None, "sections": [{**start, "steps": [_step(step) for step in view.steps]}]}


def _step(step: StepView) -> dict[str, object]:
    told: dict[str, object] = {"title": step.title, "content": step.markdown}
    if step.scopes:
        told |= {"applicableScopes": list(step.scopes), "displayScopes": True}
    return told
