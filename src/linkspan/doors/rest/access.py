"""Who asks, for the management endpoints: FastAPI dependencies that give the hall and the caller."""

from typing import Annotated

from fastapi import Depends, Request

from linkspan.doors.porch.credentials import read_key
from linkspan.errors import LinkspanError
from linkspan.model import Caller, KeyScope
from linkspan.usecases.access import require
from linkspan.usecases.authenticate import authenticate
from linkspan.usecases.hall import Hall


def hall_of(request: Request) -> Hall:
    """The hall that this app was built over."""
    hall = request.app.state.hall
    if not isinstance(hall, Hall):
        raise LinkspanError
    return hall


async def caller_of(request: Request) -> Caller:
    """The caller whom the API key names. Raises UnauthenticatedError and its kinds."""
    return await authenticate(hall_of(request), read_key(request.headers.get("authorization")).reveal())


HallOf = Annotated[Hall, Depends(hall_of)]
CallerOf = Annotated[Caller, Depends(caller_of)]


async def _library_reader(caller: CallerOf) -> Caller:
    require(caller, KeyScope.CONNECTORS_READ)
    return caller


LibraryReader = Annotated[Caller, Depends(_library_reader)]
