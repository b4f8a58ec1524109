"""Commands of the control plane: methods that are callable from Python and over HTTP alike."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Concatenate, Final, ParamSpec, TypeVar, get_type_hints

import msgspec

P = ParamSpec("P")
Result = TypeVar("Result")
Owner = TypeVar("Owner", bound="Commanded")


class ControlError(ValueError):
    """A command that cannot be carried out, such as one for an unknown user; the text says what to change."""


class Commanded:
    """Something that takes commands; `_perform` decides on which thread they run."""

    def _perform(self, action: Callable[[], Result]) -> Result:
        return action()


@dataclass(frozen=True, slots=True)
class Command:
    """What the HTTP side knows of a command: its parameters as a msgspec structure, and whether it only reads."""

    name: str
    parameters: type[msgspec.Struct]
    about: str
    reads: bool


COMMANDS: Final[dict[str, Command]] = {}


def command(
    *, reads: bool = False
) -> Callable[[Callable[Concatenate[Owner, P], Result]], Callable[Concatenate[Owner, P], Result]]:
    """Make a method a command: offered at `/_sim/{name}` (GET if it only `reads`, else POST with a JSON object)."""

    def register(method: Callable[Concatenate[Owner, P], Result]) -> Callable[Concatenate[Owner, P], Result]:
        name = method.__name__
        about = (inspect.getdoc(method) or "").partition("\n")[0]
        COMMANDS[name] = Command(name, _structure(name, method), about, reads)

        @wraps(method)
        def performed(self: Owner, /, *args: P.args, **kwargs: P.kwargs) -> Result:
            return self._perform(partial(method, self, *args, **kwargs))

        return performed

    return register


def _structure(name: str, method: Callable[..., object]) -> type[msgspec.Struct]:
    hints = get_type_hints(method)
    fields: list[tuple[str, object] | tuple[str, object, object]] = []
    for parameter in list(inspect.signature(method).parameters.values())[1:]:
        if parameter.default is inspect.Parameter.empty:
            fields.append((parameter.name, hints[parameter.name]))
        else:
            fields.append((parameter.name, hints[parameter.name], parameter.default))
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, kw_only=True)
