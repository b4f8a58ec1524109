"""What an authenticator is asked for and what its answers prove (WebAuthn Level 3), by the library `webauthn`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from linkspan.errors import SignInFailedError
from linkspan.people_records import Passkey, Person

_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_REQUIRED: Final = UserVerificationRequirement.REQUIRED
# What the library raises for junk: its own kinds, and what base64, CBOR and its records raise below them.
_JUNK: Final = (
    WebAuthnException,
    RecursionError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
)
_NEXT: Final = "Try again, or sign in with your password."
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Site:
    """What passkeys are made for: the host's name (`rp id`) and the origin that browsers tell."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """A passkey that an authenticator has just made; id and key as base64url."""

    credential_id: str
    public_key: str
    counter: int
    synced: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an answer says of itself before it is checked: which passkey, and whose."""

    credential: AuthenticationCredential
    credential_id: str
    handle: str


def site_of(base_url: str) -> Site | None:
    """The site of an installation; None where its address is a number, for which browsers make no passkeys (WebAuthn, section 5.1.2)."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").rstrip(".")
    if not host or ":" in host or host.replace(".", "").isdigit():
        return None
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return Site(host, f"{parts.scheme}://{host}{port}")


def options_to_add(site: Site, person: Person, handle: str, known: Sequence[Passkey], challenge: str) -> str:
    """The JSON for `navigator.credentials.create`: a passkey that the authenticator itself can find, behind a PIN, a finger or a face.

    `handle` (base64url) is what authenticators know the person by.
    """
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Linkspan",
        user_id=base64url_to_bytes(handle),
        user_name=person.email,
        user_display_name=person.name,
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in known],
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json(options)


def options_to_sign_in(site: Site, challenge: str) -> str:
    """The JSON for `navigator.credentials.get`: any passkey of this site, which tells whose it is."""
    options = generate_authentication_options(
        rp_id=site.host, challenge=base64url_to_bytes(challenge), user_verification=_REQUIRED
    )
    return options_to_json(options)


def check_new(site: Site, challenge: str, answer: str) -> Fresh:
    """The passkey that an answer brings. Raises SignInFailedError unless it was made for this challenge, on this site, by a verified person."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except _JUNK:
        raise SignInFailedError("This passkey cannot be taken.", next_step="Begin again.") from None
    return Fresh(
        bytes_to_base64url(made.credential_id),
        bytes_to_base64url(made.credential_public_key),
        made.sign_count,
        made.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
    )


def read_claim(answer: str) -> Claimed:
    """What an answer claims. Raises SignInFailedError for junk."""
    try:
        credential = parse_authentication_credential_json(answer)
    except _JUNK:
        raise not_proved() from None
    handle = bytes_to_base64url(credential.response.user_handle or b"")
    return Claimed(credential, bytes_to_base64url(credential.raw_id), handle)


def check_claim(site: Site, challenge: str, claimed: Claimed, passkey: Passkey) -> int:
    """The authenticator's counter. Raises SignInFailedError unless this passkey signed this challenge on this site, for a verified person.

    The counter is left to the caller: only what is truly signed by the passkey may tell of a copy.
    """
    try:
        proved = verify_authentication_response(
            credential=claimed.credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _JUNK:
        raise not_proved() from None
    return proved.new_sign_count


def not_proved() -> SignInFailedError:
    """The refusal of an answer; it does not tell which check failed."""
    return SignInFailedError("This passkey does not open this console, or not any more.", next_step=_NEXT)
