"""The words of questions: verbs and what they ask for, words that stand for parts of names, and stems."""

import re
import unicodedata
from collections.abc import Mapping

from linkspan.model import Verb

TERMS: Mapping[str, tuple[str, ...]] = {
    "sales": ("customer", "sell", "selling", "sold", "sale", "outgoing"),
    "purchase": ("vendor", "buy", "buying", "bought", "procurement", "incoming"),
    "line": ("position", "row", "detail", "Zeile", "Position"),
    "archive": ("archived", "version", "versions", "old"),
    "posted": ("booked", "finished"),
}
"""A part of a name → words by which people mean it."""

VERB_WORDS: Mapping[Verb, Mapping[str, float]] = {
    Verb.LIST: {
        "list": 1.0, "show": 0.8, "show me": 0.9, "all": 0.8, "which": 0.7, "what": 0.6, "who": 0.7, "find": 0.8, "search": 0.9,
        "overview": 0.8, "how many": 0.7, "anzeigen": 0.8, "suchen": 0.8, "our": 0.3, "open": 0.2, "where": 0.4, "history": 0.4,
    },
    Verb.GET: {
        "get": 1.0, "one": 1.1, "single": 0.9, "details of": 1.0, "details": 0.6, "open the card": 1.2, "look up": 1.0, "read": 0.9,
        "read the": 1.0, "how much": 0.8, "download": 0.8, "level of one": 1.0, "id of": 1.0, "number of a": 0.6, "settings of": 0.9,
        "has": 0.5, "is": 0.4, "of one": 1.0, "address of one": 1.1, "phone number of": 1.1, "values of": 0.0,
    },
    Verb.CREATE: {
        "create": 1.3, "add": 1.3, "new": 1.1, "register": 1.2, "enter": 1.2, "set up": 1.1, "onboard": 1.2, "hire": 1.2, "make": 1.0,
        "write": 1.0, "prepare": 1.0, "log": 1.0, "record that": 1.0, "attach": 1.0, "upload": 1.1, "bill a": 1.1, "invoice a": 1.1,
        "credit a": 1.1, "give": 0.9, "pay a": 1.0, "start": 1.0, "start using": 1.2, "notify": 1.0, "link a": 1.0, "tag": 1.0,
        "place": 0.9, "places an order": 1.2, "order goods": 1.2, "book an": 1.0, "always book": 1.1, "anlegen": 1.3, "schreiben": 1.2,
        "booking": 0.3, "open a new": 1.2,
    },
    Verb.UPDATE: {
        "change": 1.3, "update": 1.4, "edit": 1.3, "rename": 1.4, "correct": 1.3, "adjust": 1.3, "raise": 1.2, "move": 0.9, "block": 0.9,
        "block a": 1.3, "put": 0.8, "put a": 1.1, "modify": 1.4, "set": 0.8, "renew": 1.2, "we moved": 1.2, "ändern": 1.3, "fix": 1.0,
        "how many to ship": 0.9, "how many we order": 1.0, "move to": 1.0, "move a": 1.1,
    },
    Verb.DELETE: {
        "delete": 1.5, "remove": 1.4, "cancel": 1.3, "drop": 1.3, "throw away": 1.4, "withdraw": 1.4, "get rid of": 1.5, "take out": 1.3,
        "take a": 1.2, "take": 0.9, "stop": 1.0, "stop using": 1.5, "stop a": 1.4, "close a": 1.2, "discontinue": 1.4, "untag": 1.4,
        "löschen": 1.5, "off": 0.3,
    },
}  # fmt: skip
"""What people say when they want a verb, and how surely they mean it."""

OPERATION_WORDS: Mapping[str, tuple[str, ...]] = {
    "post": ("post", "book", "finalise", "finalize", "buchen"),
    "send": ("send", "email", "mail", "mail it"),
    "cancel": ("cancel", "reverse", "void", "undo", "storno"),
    "ship": ("ship", "deliver", "dispatch", "send out"),
    "receive": ("receive", "received", "come", "arrived"),
    "invoice": ("invoice", "bill", "charge"),
    "make": ("make", "turn", "convert", "create", "straight"),
    "order": ("order",),
    "corrective": ("correct", "corrective", "correction"),
    "restart": ("restart", "rerun", "run again", "again", "retry"),
}
"""A part of a bound action's name → words by which people mean it."""

_WORD = re.compile(r"[a-z0-9]+(?:&[a-z0-9]+)*")
_SILENT = frozenset({
    "the", "to", "in", "on", "for", "and", "or", "with", "by", "at", "as", "i", "me", "my", "we", "us", "you", "it", "its", "this", "that",
    "these", "those", "be", "are", "was", "were", "been", "do", "does", "did", "can", "may", "much", "from", "into", "under",
})  # fmt: skip


def stem(word: str) -> str:
    """A word without the endings that do not change what it is about: plural, `-ed`, `-ing`."""
    if len(word) > 4 and word.endswith("ies"):  # noqa: PLR2004
        return word[:-3] + "y"
    for ending in ("ches", "shes", "sses", "xes"):
        if word.endswith(ending):
            return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):  # noqa: PLR2004
        return word[:-1]
    return word


def stems(text: str) -> list[str]:
    """The words of a text that carry meaning, without accents and endings, in their order."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("'s", "").replace("ß", "ss"))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return [stem(word) for word in _WORD.findall(plain) if word not in _SILENT]
