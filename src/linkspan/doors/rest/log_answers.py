"""What the REST API answers about runs, keys and projects."""

from datetime import datetime

from pydantic import Field

from linkspan.doors.rest.answers import Answer
from linkspan.model import ApiKey, KeyScope, Project, Run, Step


class StepAnswer(Answer):
    """One request to the provider."""

    index: int
    method: str
    url: str = Field(description="Without secrets.")
    status: int | None = Field(description="Null: no answer arrived.")
    duration_ms: float
    started_at: datetime
    request_id: str | None = Field(description="The provider's own id of the request.")
    error: str | None

    @classmethod
    def of(cls, step: Step) -> "StepAnswer":
        """The step as it was logged."""
        return cls(
            index=step.index,
            method=step.method,
            url=step.url,
            status=step.status,
            duration_ms=step.duration_ms,
            started_at=step.started_at,
            request_id=step.request_id,
            error=step.error,
        )


class RunAnswer(Answer):
    """One call of an action."""

    id: str
    action: str
    verb: str
    connector: str
    account_id: str | None
    profile_id: str | None
    door: str = Field(description="rest, rpc, mcp, cli or linking")
    key_id: str | None
    status: int
    error_code: str | None = Field(description="Null: it succeeded.")
    error_message: str | None
    rows: int | None
    started_at: datetime
    duration_ms: float
    steps: list[StepAnswer]

    @classmethod
    def of(cls, run: Run) -> "RunAnswer":
        """The run as it was logged."""
        return cls(
            id=run.id,
            action=run.action,
            verb=run.verb,
            connector=run.connector,
            account_id=run.account_id,
            profile_id=run.profile_id,
            door=run.door,
            key_id=run.key_id,
            status=run.status,
            error_code=run.error_code,
            error_message=run.error_message,
            rows=run.rows,
            started_at=run.started_at,
            duration_ms=run.duration_ms,
            steps=[StepAnswer.of(step) for step in run.steps],
        )


class BodiesAnswer(Answer):
    """What a run was asked and answered, without what stands under the name of a secret."""

    asked: dict[str, object] = Field(description="The groups path, query, body and headers.")
    answered: object = Field(description="The data, or the error with what the provider said.")


class KeyAnswer(Answer):
    """An API key, as far as it may be seen."""

    id: str
    name: str
    prefix: str = Field(description="The first characters of the key's text.")
    scopes: list[KeyScope]
    enabled: bool
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    per_minute: int | None = Field(description="Most requests in a minute; null: no limit of its own.")

    @classmethod
    def of(cls, key: ApiKey) -> "KeyAnswer":
        """The key without its text."""
        return cls(**_key(key))


class NewKeyAnswer(KeyAnswer):
    """A new key: its text is shown this once."""

    key: str = Field(description="Shown once; only a digest is stored.")

    @classmethod
    def made(cls, key: ApiKey, text: str) -> "NewKeyAnswer":
        """The key with its text."""
        return cls(**_key(key), key=text)


def _key(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "enabled": key.enabled,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "per_minute": key.per_minute,
    }


class ProjectAnswer(Answer):
    """The tenant of this installation that the key belongs to."""

    id: str
    name: str
    organization_id: int
    created_at: datetime

    @classmethod
    def of(cls, project: Project) -> "ProjectAnswer":
        """The project."""
        return cls(
            id=project.id, name=project.name, organization_id=project.organization_id, created_at=project.created_at
        )
