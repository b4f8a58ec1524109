"""One visit to a page of the console: who comes, to which project, and what the form says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

from linkspan.doors.porch.body import read_body
from linkspan.errors import InvalidInputError, NotFoundError
from linkspan.model import Caller, Project, Secret
from linkspan.people_records import Membership
from linkspan.usecases.console_sign_in import SignedIn, caller_of, form_token
from linkspan.usecases.hall import Hall

_MAX_FORM = 512 * 1024
_MAX_FIELDS = 2000


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form in the order sent; a name may be there several times."""

    pairs: Sequence[tuple[str, str]] = ()

    def get(self, name: str) -> str:
        """The last value of a field without surrounding blanks; empty where there is none."""
        return next((value.strip() for key, value in reversed(self.pairs) if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for key, value in self.pairs if key == name]

    def secret(self, name: str) -> Secret:
        """A field that nothing may print, blanks and all."""
        return Secret(next((value for key, value in reversed(self.pairs) if key == name), ""))


async def read_form(request: Request) -> Form:
    """The fields of a URL-encoded form. Raises InvalidInputError, PayloadTooLargeError."""
    text = await read_body(request, limit=_MAX_FORM)
    try:
        return Form(tuple(parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)))
    except ValueError:
        raise InvalidInputError("The form cannot be read.") from None


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is signed in. `membership` is that of the project in the address, if the address has one."""

    hall: Hall
    request: Request
    signed_in: SignedIn
    membership: Membership | None
    form: Form = field(default_factory=Form)

    @property
    def query(self) -> Mapping[str, str]:
        """The query of the address."""
        return self.request.query_params

    @property
    def path(self) -> Mapping[str, str]:
        """The parts of the address that the route names."""
        return self.request.path_params

    @property
    def project(self) -> Project:
        """The project in the address. Raises NotFoundError where the page has none."""
        return self.here.project

    @property
    def here(self) -> Membership:
        """The membership of the project in the address. Raises NotFoundError where the page has none."""
        if self.membership is None:
            raise NotFoundError("This page belongs to no project.")
        return self.membership

    @property
    def caller(self) -> Caller:
        """The person as a caller of use cases, with what the role allows."""
        return caller_of(self.signed_in, self.here)

    @property
    def form_token(self) -> str:
        """What every form of a page carries."""
        return form_token(self.hall, self.signed_in.session)

    def to(self, page: str) -> str:
        """The address of a page of this project: `to("accounts")`."""
        return f"/console/p/{self.project.id}/{page}".rstrip("/")
