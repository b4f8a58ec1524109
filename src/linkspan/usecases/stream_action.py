"""A whole list as a stream of rows, page by page, however long it is."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass

from linkspan.model import Caller
from linkspan.usecases.admit_action import admit_action
from linkspan.usecases.hall import Hall
from linkspan.usecases.recording import Recording
from linkspan.usecases.run_action import ActionRequest


@dataclass(frozen=True, slots=True)
class RowStream:
    """The rows of a list in groups; iterate `pages` to the end or close it: then the run is logged under `run_id`."""

    pages: AsyncGenerator[Sequence[dict[str, object]], None]
    run_id: str


async def stream_action(hall: Hall, caller: Caller, request: ActionRequest) -> RowStream:
    """Check the request and open the stream: what is wrong with the request is raised here, before the first row.

    Errors of the provider are raised from `pages`; every LinkspanError has `run_id`.
    """
    await hall.run_log.ready()
    recording = Recording(hall, caller, request.action, request.door)
    with ExitStack() as opening:
        opening.enter_context(recording)
        admitted = await admit_action(
            hall, caller, request.action, recording, account_id=request.account_id, profile_id=request.profile_id
        )
        call = hall.engine.prepare(admitted.action, admitted.target, request.inputs)
        pages = hall.engine.stream(call, admitted.tokens, recording)
        # From here on the stream holds the recording open.
        return RowStream(_recorded(recording, opening.pop_all(), pages), recording.run_id)


async def _recorded(
    recording: Recording, held: ExitStack, pages: AsyncGenerator[Sequence[dict[str, object]], None]
) -> AsyncGenerator[Sequence[dict[str, object]], None]:
    rows = 0
    with held:
        async with aclosing(pages):
            async for page in pages:
                rows += len(page)
                recording.succeeded(rows)
                yield page
