"""Names that are safe in Python, whatever a provider calls its things."""

import builtins
import keyword
import re
import unicodedata

_NO_LETTER = re.compile(r"\W+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Names:
    """Gives each thing a name that no other has; what is taken gets a number."""

    def __init__(self, *taken: str) -> None:
        self._taken = set(taken)

    def free(self, *wishes: str) -> str:
        """The first wish that is free, else the last one with a number."""
        name = next((wish for wish in wishes if wish not in self._taken), None)
        number = 2
        while name is None or name in self._taken:
            name, number = f"{wishes[-1]}{number}", number + 1
        self._taken.add(name)
        return name


def is_plain(name: str) -> bool:
    """Whether a name can stand as it is in a class or a signature. A leading `__` would be mangled there, and some letters become others."""
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__") and name == _plain(name)


def type_name(name: str) -> str:
    """`salesQuote`, `sales-quote` or `sales_quote` → `SalesQuote`."""
    words = [word for part in _NO_LETTER.split(_plain(name)) for word in re.split(r"_+", part) if word]
    made = "".join(word[:1].upper() + word[1:] for word in words) or "Record"
    return made if is_plain(made) else f"T{made}"


def constant_name(name: str) -> str:
    """`SalesQuote` → `_SALES_QUOTE`."""
    return "_" + _HUMP.sub("_", name).upper()


def method_name(action_id: str, connector: str) -> str:
    """`dynamics365bc_list_customers` → `list_customers`."""
    return parameter_name(action_id.removeprefix(f"{connector}_"))


def parameter_name(name: str) -> str:
    """A name for a parameter, or a method: what Python has a meaning for gets another."""
    if name == "id":
        return "record_id"
    made = _NO_LETTER.sub("_", _plain(name)).strip("_") or "value"
    made = made if not made[0].isdigit() else f"n{made}"
    taken = keyword.iskeyword(made) or made == "self" or hasattr(builtins, made)
    return f"{made}_" if taken else made


def _plain(name: str) -> str:
    """A name as Python reads it: compatible letters are the same to it (PEP 3131)."""
    return unicodedata.normalize("NFKC", name)


def text_literal(text: str) -> str:
    """A text as Python writes it, in double quotes."""
    told = repr(text)
    if told.startswith("'"):
        told = '"' + told[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    return told
