"""Writes to the directory: users and groups made, changed and deleted by Graph's rules."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import uuid4

from linkspan.simulator.clock import Clock
from linkspan.simulator.entra.directory import Directory, Group, Tenant, User
from linkspan.simulator.graph.faults import bad_request
from linkspan.simulator.graph.objects import Property, properties

Body = Mapping[str, object]

_KINDS: Final = {"string": str, "boolean": bool, "datetime": str}
_PASSWORD_KINDS: Final = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
_SHORTEST_PASSWORD, _LEAST_KINDS = 8, 3
_ALIAS: Final = re.compile(r"[A-Za-z0-9.'_-]{1,64}")


def create_user(directory: Directory, tenant: Tenant, clock: Clock, body: Body) -> User:
    """A new user, who may sign in at once and has no licence. Raises the 400 faults of missing and wrong properties."""
    _check(body, "user", {"passwordProfile"})
    for name in ("accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"):
        _need(body, name)
    upn = _free_upn(directory, tenant, str(body["userPrincipalName"]))
    user = User(
        uuid4(),
        tenant.id,
        upn,
        str(body["displayName"]),
        _password(body["passwordProfile"]),
        licensed=False,
        enabled=bool(body["accountEnabled"]),
        details=_details(body),
        created=clock.now(),
    )
    directory.put_user(user)
    return user


def update_user(directory: Directory, tenant: Tenant, user: User, body: Body) -> None:
    """Change a user. Raises the 400 faults of wrong properties."""
    _check(body, "user", {"passwordProfile"})
    upn = str(body.get("userPrincipalName", user.upn))
    password = _password(body["passwordProfile"]) if "passwordProfile" in body else user.password
    directory.put_user(
        replace(
            user,
            upn=user.upn if upn.lower() == user.upn else _free_upn(directory, tenant, upn),
            name=str(body.get("displayName", user.name)),
            password=password,
            enabled=bool(body.get("accountEnabled", user.enabled)),
            details={**user.details, **_details(body)},
        )
    )


def create_group(directory: Directory, tenant: Tenant, clock: Clock, body: Body) -> Group:
    """A new security group without members. Raises the 400 faults of missing and wrong properties."""
    _check(body, "group", set())
    for name in ("displayName", "mailEnabled", "mailNickname", "securityEnabled"):
        _need(body, name)
    _check_kind(body)
    group = Group(uuid4(), tenant.id, str(body["displayName"]), details=_details(body), created=clock.now())
    directory.put_group(group)
    return group


def update_group(directory: Directory, group: Group, body: Body) -> None:
    """Change a group. Raises the 400 faults of wrong properties."""
    _check(body, "group", set())
    _check_kind(body)
    name = str(body.get("displayName", group.name))
    directory.put_group(replace(group, name=name, details={**group.details, **_details(body)}))


def _check(body: Body, kind: str, besides: set[str]) -> None:
    known = properties()[kind]
    for name, value in body.items():
        if name in besides:
            continue
        declared = known.get(name)
        if declared is None:
            raise bad_request(f"The property '{name}' does not exist on a {kind}, or cannot be written here.")
        if declared.read_only:
            raise bad_request(f"The property '{name}' is read-only.")
        _check_value(declared, value)


def _check_value(declared: Property, value: object) -> None:
    if value is None:
        if not declared.nullable:
            raise bad_request(f"The property '{declared.name}' may not be null.")
        return
    if not isinstance(value, _KINDS[declared.type]):
        raise bad_request(f"The property '{declared.name}' must be a {declared.type}.")
    if isinstance(value, str) and (not value or len(value) > (declared.longest or len(value))):
        raise bad_request(f"The property '{declared.name}' is empty or too long.")


def _check_kind(body: Body) -> None:
    """Mail-enabled groups are made elsewhere (Microsoft 365 groups need groupTypes, which this corner does not have)."""
    if body.get("mailEnabled") is True or body.get("securityEnabled") is False:
        raise bad_request("Only security groups without mail can be made here.")


def _need(body: Body, name: str) -> None:
    if body.get(name) is None:
        raise bad_request(f"The required property '{name}' is missing.")


def _free_upn(directory: Directory, tenant: Tenant, upn: str) -> str:
    alias, at, domain = upn.partition("@")
    if not at or domain.lower() != tenant.domain or not _ALIAS.fullmatch(alias):
        raise bad_request("The userPrincipalName must be an alias, @, and a verified domain of the tenant.")
    if directory.find_user(upn) is not None:
        raise bad_request("Another object has this value of userPrincipalName already.")
    return upn.lower()


def _password(profile: object) -> str:
    password = profile.get("password") if isinstance(profile, Mapping) else None
    text = password if isinstance(password, str) else ""
    kinds = sum(re.search(pattern, text) is not None for pattern in _PASSWORD_KINDS)
    if len(text) < _SHORTEST_PASSWORD or kinds < _LEAST_KINDS:
        raise bad_request("The password does not meet the rules: 8 characters of at least three kinds.")
    return text


def _details(body: Body) -> dict[str, object]:
    """What the directory keeps as it was written, besides what it has a place of its own for."""
    own = {"passwordProfile", "displayName", "userPrincipalName", "accountEnabled"}
    return {name: value for name, value in body.items() if name not in own}
