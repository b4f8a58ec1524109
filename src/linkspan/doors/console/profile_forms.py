"""Reads the forms of connector profiles. What is secret is read as such and never shown again."""

from datetime import UTC, datetime

from linkspan.connectors.action import Connector
from linkspan.doors.console.visit import Form
from linkspan.errors import InvalidInputError, Mistake
from linkspan.usecases.change_profile import ProfileChange
from linkspan.usecases.create_profile import NewProfile
from linkspan.usecases.guide_selection import read_selection
from linkspan.usecases.profile_credentials import NewCertificate


def new_profile(connector: Connector, method: str, form: Form) -> NewProfile:
    """The profile that the wizard's form describes. Raises InvalidInputError for a date that is none."""
    return NewProfile(
        connector=connector.key,
        name=form.get("name"),
        client_id=form.get("client_id"),
        client_secret=form.secret("client_secret") if form.get("client_secret") else None,
        auth_method=method,
        scopes=tuple(form.get("scopes").replace(",", " ").split()),
        enabled_actions=chosen_actions(connector, form.get("a")),
        provider_url=form.get("provider_url") or None,
        audience=form.get("for") or "one_tenant",
        tenant=form.get("tenant_id") or None,
        secret_expires_at=day(form.get("secret_expires")),
        certificate=certificate(form),
    )


def settings_change(connector: Connector, form: Form) -> ProfileChange:
    """The change that the profile page's main form asks for: every field of it, since a form always sends them all."""
    audience = form.get("audience") or "one_tenant"
    change = ProfileChange(
        name=form.get("name"),
        client_id=form.get("client_id"),
        scopes=tuple(form.get("scopes").replace(",", " ").split()),
        audience=audience,
        tenant=None if audience == "many_tenants" else form.get("tenant_id") or None,
    )
    if form.get("which") == "usual":
        change["enabled_actions"] = None
    elif form.get("which") == "chosen":
        change["enabled_actions"] = frozenset(name for name in form.all("actions") if name in connector.actions)
    return change


def proof_change(form: Form) -> ProfileChange:
    """A new secret or certificate. Raises InvalidInputError where none is given."""
    pair = certificate(form)
    if pair is not None:
        return ProfileChange(certificate=pair)
    if not form.get("client_secret"):
        raise InvalidInputError(mistakes=[Mistake("client_secret", "paste the new secret's value")])
    return ProfileChange(
        client_secret=form.secret("client_secret"),
        secret_expires_at=day(form.get("secret_expires")),
        keep_old_secret=form.get("keep_old_secret") == "yes",
    )


def chosen_actions(connector: Connector, text: str) -> frozenset[str] | None:
    """The actions of a guide's selection; None for none chosen: those of a new profile."""
    return frozenset(read_selection(connector, text).chosen) or None


def certificate(form: Form) -> NewCertificate | None:
    """The certificate and key of a form, if either is given."""
    pem = form.get("certificate")
    if not pem and not form.get("certificate_key"):
        return None
    return NewCertificate(pem, form.secret("certificate_key"))


def day(text: str) -> datetime | None:
    """A day of a date field, as its first moment in UTC. Raises InvalidInputError."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInputError(mistakes=[Mistake("secret_expires", "give a day such as 2027-03-31")]) from None
