"""What connector.yaml must say right beyond its shape: known behaviours, declared scopes and placeholders, choices that exist."""

import re
from collections.abc import Collection

from linkspan.connectors import vocabulary
from linkspan.connectors.contract import Contract
from linkspan.connectors.document import Document
from linkspan.connectors.mistakes import unknown_name
from linkspan.connectors.yaml_lines import Path

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_AUTH_URLS = ("authorize_url", "token_url", "discovery_url", "admin_consent_url")
_BEHAVIOURS = {
    "protocol": vocabulary.PROTOCOLS,
    "pagination": vocabulary.PAGINATIONS,
    "faults": vocabulary.FAULTS,
    "enum_literals": vocabulary.ENUM_LITERALS,
}

COMPANY_FIELD = "company_id"
"""The account field and path input that names the company, by the same name in every connector."""


def check_connector(document: Document, folder: str, resources: Document, contract: Contract | None) -> None:
    """Note every mistake of connector.yaml that its shape cannot show; `folder` is the folder's name."""
    _check_key(document, folder)
    for name, known in _BEHAVIOURS.items():
        _check_known(document, (name,), name, known)
    for method in document.part(("auth_methods",)):
        _check_method(document, ("auth_methods", method))
    if document.text(("enum_literals",)) == "qualified" and contract is not None and contract.namespace is None:
        document.say(("enum_literals",), "add 'namespace' to contract.json: qualified literals start with it")
    _check_scopes(document)
    _check_placeholders(document)
    _check_account_fields(document)
    for name in document.part(("account_fields",)):
        _check_choice(document, ("account_fields", name, "choose"), resources, contract)


def _check_key(document: Document, folder: str) -> None:
    key = document.text(("key",))
    if key is None:
        return
    right = re.sub(r"[^a-z0-9-]", "", key.lower().replace("_", "-"))
    if right != key:
        document.say(
            ("key",), f"write {right!r}: a connector's key has lower-case letters, digits and hyphens, no underscore"
        )
    elif key != folder:
        document.say(("key",), f"write {folder!r}, the folder's name, or rename the folder to {key!r}")


def _check_known(document: Document, path: Path, kind: str, known: Collection[str]) -> None:
    name = document.text(path)
    if name is not None and name not in known:
        document.say(path, unknown_name(kind, name, known))


def _check_method(document: Document, here: Path) -> None:
    _check_known(document, (*here, "kind"), "auth kind", vocabulary.AUTH_KINDS)
    _check_known(document, (*here, "client_auth"), "client authentication", vocabulary.CLIENT_AUTHS)
    by_code = document.text((*here, "kind")) == vocabulary.CODE_KIND
    if by_code and document.text((*here, "authorize_url")) is None:
        document.say((*here, "authorize_url"), "add 'authorize_url': the address of the sign-in page")
    if document.text((*here, "kind")) == vocabulary.APPLICATION_KIND:
        for name in ("authorize_url", "any_tenant", "refresh_idle_days"):
            if document.value((*here, name)) is not None:
                document.say((*here, name), f"remove {name!r}: with client credentials nobody signs in")


def _check_scopes(document: Document) -> None:
    scopes = document.part(("scopes",))
    places: list[Path] = [("required_scopes",), *(("scopes", scope, "includes") for scope in scopes)]
    for place in places:
        for path, name in document.names(place):
            if name not in scopes:
                document.say(path, unknown_name("scope", name, scopes))


def _check_placeholders(document: Document) -> None:
    origins = set(document.part(("origins",)))
    fields = document.part(("account_fields",))
    asked_first = {
        name
        for name in fields
        if (document.text(("account_fields", name, "asked")) or "before_sign_in") == "before_sign_in"
    }
    _check_template(document, ("api_root",), origins | asked_first)
    _check_template(document, ("company_path",), {COMPANY_FIELD})
    if document.text(("company_path",)) is not None and COMPANY_FIELD not in fields:
        document.say(
            ("company_path",),
            f"add the account field {COMPANY_FIELD!r}: it is the company that actions use when a call names none",
        )
    for name in document.part(("headers",)):
        _check_template(document, ("headers", name), set(fields))
    for method in document.part(("auth_methods",)):
        for name in _AUTH_URLS:
            _check_template(document, ("auth_methods", method, name), origins | asked_first)


def _check_template(document: Document, path: Path, known: set[str]) -> None:
    template = document.text(path) or ""
    for name in _PLACEHOLDER.findall(template):
        if name not in known:
            document.say(path, unknown_name("placeholder", name, known))
    if re.search(r"[{}]", _PLACEHOLDER.sub("", template)):
        document.say(path, "close each { with a }; only {names} are replaced")


def _check_account_fields(document: Document) -> None:
    for name in document.part(("account_fields",)):
        here: Path = ("account_fields", name)
        pattern, example = document.text((*here, "pattern")), document.text((*here, "example"))
        try:
            fits = pattern is None or example is None or re.fullmatch(pattern, example)
        except re.error as error:
            document.say((*here, "pattern"), f"correct the regular expression: {error}")
            continue
        if not fits:
            document.say((*here, "example"), "write an example that the pattern matches as a whole")
        if document.text((*here, "asked")) == "after_sign_in" and not document.part((*here, "choose")):
            document.say((*here, "choose"), "add 'choose': where the choices come from")


def _check_choice(document: Document, here: Path, resources: Document, contract: Contract | None) -> None:
    action = document.text((*here, "action"))
    if action is None:
        return
    lists = {
        f"list_{key}": key for key in resources.data if "list" in {verb for _, verb in resources.names((key, "verbs"))}
    }
    if action not in lists:
        document.say((*here, "action"), unknown_name("list action", action, lists))
        return
    for name in document.part((*here, "also")):
        if name not in document.part(("account_fields",)):
            document.say((*here, "also", name), unknown_name("account field", name, document.part(("account_fields",))))
    entity = contract.entities.get(resources.text((lists[action], "entity")) or "") if contract else None
    if entity is None:
        return
    for path in [
        (*here, "value"),
        (*here, "label"),
        *((*here, "also", name) for name in document.part((*here, "also"))),
    ]:
        _check_known(document, path, f"field of {entity.name}", entity.fields)
