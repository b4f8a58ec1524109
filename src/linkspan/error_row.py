"""What a row of the error table is made of: the class that all errors are, and the records they carry."""

import enum
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


class Advice(enum.StrEnum):
    """What a program that got the error should do."""

    FIX = "fix"
    WAIT = "wait"
    ASK = "ask"
    STOP = "stop"


class Who(enum.StrEnum):
    """Who can put a failure right.

    Whoever links the account, an administrator of their tenant, the connector profile's owner, the operator of this installation, or
    nobody, because it passes.
    """

    PERSON = "person"
    TENANT_ADMIN = "tenant_admin"
    INTEGRATOR = "integrator"
    OPERATOR = "operator"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a request: where (`body.displayName`), what, and the nearest known name if there is one."""

    where: str
    what: str
    nearest: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.where}: {self.what}{hint}"


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What the provider said when it refused: HTTP status, its code and text (both marked as the provider's words), URL without secrets."""

    status: int
    url: str
    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    raw: object = None
    headers: dict[str, str] = field(default_factory=dict)


class LinkspanError(Exception):
    """Something inside Linkspan went wrong."""

    code: ClassVar[str] = "internal_error"
    http_status: ClassVar[int] = 500
    wire_code: ClassVar[str] = "InternalServerError"
    advice: ClassVar[Advice] = Advice.STOP
    default_message: ClassVar[str] = "Something inside Linkspan went wrong."
    next_step: str = "Look the run id up in the log, and report it if the log does not explain it."

    def __init_subclass__(
        cls,
        *,
        code: str | None = None,
        status: int | None = None,
        wire: str | None = None,
        advice: Advice | None = None,
    ) -> None:
        """Take this row's own columns; what is left out is the parent's. The docstring gives message and next step."""
        cls.code = code or cls.code
        cls.http_status = status or cls.http_status
        cls.wire_code = wire or cls.wire_code
        cls.advice = advice or cls.advice
        message, _, next_step = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")
        cls.default_message = message
        cls.next_step = next_step or cls.next_step

    def __init__(  # noqa: PLR0913  all but the message by name, and all optional
        self,
        message: str | None = None,
        *,
        mistakes: Sequence[Mistake] = (),
        next_step: str | None = None,
        provider: ProviderAnswer | None = None,
        retry_after: float | None = None,
        first_run_id: str | None = None,
        who: Who | None = None,
        link: str | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.mistakes = tuple(mistakes)
        self.provider = provider
        self.retry_after = retry_after
        self.run_id: str | None = None
        self.first_run_id = first_run_id
        self.candidates: tuple[str, ...] = ()
        self.who = who
        self.link = link
        if next_step is not None:
            self.next_step = next_step
        super().__init__(self.message)
