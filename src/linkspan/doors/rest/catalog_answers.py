"""What the REST API answers about connectors and their actions."""

from pydantic import Field

from linkspan.connectors.action import Action, Connector
from linkspan.doors.rest.answers import Answer
from linkspan.model import Verb


class GuideLink(Answer):
    """A setup guide: a page for people, and the same as JSON."""

    kind: str
    auth_method: str
    title: str
    url: str
    json_url: str


class ConnectorAnswer(Answer):
    """A provider that can be linked."""

    key: str
    name: str
    version: str
    about: str
    auth_methods: list[str]
    scopes: list[str]
    action_count: int
    logo_url: str
    guides: list[GuideLink]

    @classmethod
    def of(cls, connector: Connector, base_url: str) -> "ConnectorAnswer":
        """The connector with its addresses on this installation."""
        place = f"{base_url}/connectors/{connector.key}"
        guides = [
            GuideLink(
                kind=kind,
                auth_method=method.key,
                title=guide.title,
                url=f"{place}/guides/{kind}/{method.key}",
                json_url=f"{place}/guides/{kind}/{method.key}.json",
            )
            for method in connector.auth_methods.values()
            for kind, guide in method.guides.items()
        ]
        return cls(
            key=connector.key,
            name=connector.name,
            version=connector.version,
            about=connector.about,
            auth_methods=list(connector.auth_methods),
            scopes=list(connector.scopes),
            action_count=len(connector.actions),
            logo_url=f"{place}/logo.svg",
            guides=guides,
        )


class ActionSummary(Answer):
    """One thing a connector can do."""

    id: str
    label: str
    description: str
    connector: str
    resource: str
    verb: Verb
    read_only: bool
    destructive: bool
    idempotent: bool
    required_scopes: list[str]

    @classmethod
    def of(cls, action: Action) -> "ActionSummary":
        """The action without its schemas."""
        return cls(**_summary(action))


class ActionAnswer(ActionSummary):
    """An action with everything needed to call it."""

    input_schema: dict[str, object] = Field(description="JSON Schema 2020-12 of `{path, query, body, headers}`.")
    output_schema: dict[str, object] = Field(description="JSON Schema 2020-12 of `{data, next}`.")
    example: dict[str, object]
    notes: str | None = None
    permissions: dict[str, str] = Field(description="Provider tables and the rights (RIMD) that the linked user needs.")

    @classmethod
    def of(cls, action: Action) -> "ActionAnswer":
        """The whole action."""
        return cls(
            **_summary(action),
            input_schema=dict(action.input_schema),
            output_schema=dict(action.output_schema),
            example=dict(action.example),
            notes=action.notes,
            permissions=dict(action.rights),
        )


def _summary(action: Action) -> dict[str, object]:
    hints = action.annotations
    return {
        "id": action.id,
        "label": action.label,
        "description": action.description,
        "connector": action.connector,
        "resource": action.resource,
        "verb": action.verb,
        "read_only": hints.read_only,
        "destructive": hints.destructive,
        "idempotent": hints.idempotent,
        "required_scopes": list(action.required_scopes),
    }
