"""Commands for the tape deck: record a real tenant's answers, redacted, and replay them."""

from pathlib import Path

from linkspan.simulator.command import Commanded, ControlError, command
from linkspan.simulator.served import Service
from linkspan.simulator.tape.deck import Otherwise
from linkspan.simulator.tape.recorded import Recorded, read_recording
from linkspan.simulator.tape.upstream import BUSINESS_CENTRAL, checked_origin


class TapeControl(Commanded):
    """What can be done with recordings; whoever inherits this sets `service`."""

    service: Service

    @command()
    def start_recording(self, upstream: str = BUSINESS_CENTRAL) -> None:
        """Pass every request to the API on to `upstream`, with the caller's own token, and keep the answers redacted.

        Names, numbers, ids, addresses and amounts are replaced, each value always by the same invented one; requests'
        headers and bodies are not kept at all.
        """
        self.record_to(upstream, None)

    def record_to(self, upstream: str, file: Path | None) -> None:
        """Do as `start_recording`, and write every exchange to a new `file` as well; raises ControlError."""
        try:
            self.service.deck.record(checked_origin(upstream), file)
        except FileExistsError as mistake:
            raise ControlError(f"{file} exists already; a recording starts a file of its own.") from mistake
        except (ValueError, OSError) as mistake:
            raise ControlError(str(mistake)) from mistake

    @command(reads=True)
    def recording(self) -> list[Recorded]:
        """Return the exchanges recorded so far, redacted, oldest first."""
        return self.service.deck.recorded_so_far()

    @command()
    def stop_recording(self) -> int:
        """Answer from the books again; return how many exchanges were recorded."""
        return len(self.service.deck.stop())

    @command()
    def replay(self, exchanges: list[Recorded], *, otherwise: Otherwise = "refuse") -> int:
        """Answer requests to the API as recorded; others are refused with 404, or left to the `books`."""
        return self.service.deck.play(exchanges, otherwise)

    def replay_file(self, file: Path, *, otherwise: Otherwise = "refuse") -> int:
        """Replay a file that was recorded; raises ControlError when it is not one."""
        try:
            return self.replay(read_recording(file.read_bytes().splitlines()), otherwise=otherwise)
        except (OSError, ValueError) as mistake:
            raise ControlError(f"{file} cannot be replayed: {mistake}") from mistake

    @command()
    def stop_replay(self) -> None:
        """Answer from the books again."""
        self.service.deck.eject()
