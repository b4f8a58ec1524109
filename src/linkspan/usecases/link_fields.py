"""The fields that the link page asks before the sign-in."""

import re
from collections.abc import Mapping

from linkspan.connectors.action import AccountField, Connector
from linkspan.errors import InvalidInputError, Mistake
from linkspan.model import Profile
from linkspan.usecases.link_tenant import any_word


def asked_before(connector: Connector) -> tuple[AccountField, ...]:
    """The account fields that the link page asks before the sign-in."""
    return tuple(field for field in connector.account_fields if field.asked == "before_sign_in")


def check_fields(connector: Connector, given: Mapping[str, str], profile: Profile) -> dict[str, str]:
    """What the page asked before the sign-in, trimmed. Raises InvalidInputError with every mistake."""
    values, mistakes, free = {}, [], any_word(connector, profile)
    for field in asked_before(connector):
        value = given.get(field.name, "").strip()
        values[field.name] = value
        if (field.name, value) != free and (mistake := _mistake(field, value)) is not None:
            mistakes.append(mistake)
    if mistakes:
        raise InvalidInputError(mistakes=mistakes, next_step="Correct the marked fields and go on.")
    return values


def _mistake(field: AccountField, value: str) -> Mistake | None:
    if not value:
        return Mistake(field.name, f"{field.label} is needed")
    if field.pattern is not None and re.fullmatch(field.pattern, value) is None:
        example = f"; an example: {field.example}" if field.example else ""
        return Mistake(field.name, f"{field.label} is not written like this{example}")
    return None
