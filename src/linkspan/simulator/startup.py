"""What a simulator is told before it answers anything: records to invent, failures in waiting, limits and switches.

Texts come from a command line or from environment variables: `throttle,path=customers,times=3` for a failure,
`name=value` for a limit or switch.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from linkspan.simulator.command import COMMANDS, ControlError
from linkspan.simulator.tape.upstream import BUSINESS_CENTRAL

if TYPE_CHECKING:
    from linkspan.simulator.control import Control

_WORDS: Final = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Startup:
    """What to do before the first answer.

    `customers` invented ones (the same for the same `seed`) go into the first demo company. `fail`, `limit` and `switch`
    are texts as told above, `receivers` hosts that notifications may be sent to besides this computer. With `record`
    answers of `upstream` are written to that file, with `replay` they are read from one. `custom_apis` are files of API
    routes to serve besides the standard one.
    """

    customers: int = 0
    seed: int = 0
    fail: tuple[str, ...] = ()
    limit: tuple[str, ...] = ()
    switch: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    record: Path | None = None
    upstream: str = BUSINESS_CENTRAL
    replay: Path | None = None
    custom_apis: tuple[Path, ...] = ()


def prepare(control: "Control", wanted: Startup) -> None:
    """Do what `wanted` says, for the first time; raises ControlError, whose text says what to change."""
    if wanted.record is not None and wanted.replay is not None:
        raise ControlError("A simulator either records or replays.")
    if wanted.customers:
        control.seed(wanted.customers, seed=wanted.seed)
    for host in wanted.receivers:
        control.allow_receiver(host)
    for file in wanted.custom_apis:
        control.load_custom_api_file(file)
    if wanted.record is not None:
        control.record_to(wanted.upstream, wanted.record)
    set_out(control, wanted)


def set_out(control: "Control", wanted: Startup) -> None:
    """Do what a reset takes back: limits, switches, failures, a replay."""
    for text in wanted.limit:
        _run(control, "set_limits", dict([_pair(text)]))
    for text in wanted.switch:
        name, value = _pair(text)
        control.set_switch(name, _value(value))
    for text in wanted.fail:
        _run(control, "fail_next", _failure(text))
    if wanted.replay is not None:
        control.replay_file(wanted.replay)


def _failure(text: str) -> dict[str, str]:
    kind, *others = [part.strip() for part in text.split(",") if part.strip()] or [""]
    return {"kind": kind, **dict(map(_pair, others))}


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise ControlError(f"'{text}' must be a name, =, and a value.")
    return name.strip(), value.strip()


def _value(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if text.isdecimal() else text


def _run(control: "Control", name: str, given: dict[str, str]) -> None:
    """Run a command with parameters that came as text, as the control page's address would."""
    try:
        parameters = msgspec.convert(given, COMMANDS[name].parameters, strict=False)
    except msgspec.ValidationError as mistake:
        raise ControlError(f"{name}: {mistake}") from mistake
    getattr(control, name)(**msgspec.structs.asdict(parameters))
