"""The one frozen Settings, and the only reader of the environment."""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from linkspan.errors import ConfigurationError, Mistake

PREFIX = "LINKSPAN_"


class Settings(BaseSettings):
    """Every setting, read from `LINKSPAN_*` (an unknown one is refused) or given by the CLI.

    Lists are written with commas. Times are seconds.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8700, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    public_url: str | None = Field(
        None,
        description="The address people and providers reach this installation at: the only source of links and redirect URIs.",
    )
    data_dir: Path = Field(
        Path("linkspan-data"), description="Folder of the SQLite database, its back-ups and the key file."
    )
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL address, such as postgresql://user:password@host/name; SQLite in the data folder without it.",
    )
    master_key: SecretStr | None = Field(
        None, description="Master key of the vault (32 bytes as base64url); a file in the data folder without it."
    )
    old_master_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Master keys before this one: what they wrapped can still be opened, until linkspan keys rotate.",
    )
    kms_key: str | None = Field(
        None, description="Master key in a key management service, in place of one here: aws:alias/NAME or aws:ARN."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses or networks whose X-Forwarded headers count."
    )
    allow_private_addresses: bool = Field(
        default=False,
        description="Let provider requests, webhooks and look-ups of MCP clients' documents go to private and loopback addresses (the simulator).",
    )
    region: str = Field(
        "local", pattern=r"^[a-z][a-z0-9]{0,15}$", description="Region word in new API keys: v1.{region}.…"
    )
    connector_dirs: Annotated[tuple[Path, ...], NoDecode] = Field(
        (), description="Folders with connectors of your own."
    )
    oidc_issuer: str | None = Field(
        None,
        description="Issuer of an OpenID provider at which people may sign in to the console; nobody does without it.",
    )
    oidc_client_id: str | None = Field(None, description="Client id of the application registered there.")
    oidc_client_secret: SecretStr | None = Field(None, description="Its client secret; a public client has none.")
    oidc_client_secret_file: Path | None = Field(None, description="File with the client secret, in place of it.")
    oidc_name: str = Field(
        "your organization", min_length=1, max_length=60, description="What the provider is called on the sign-in page."
    )
    oidc_discovery_url: str | None = Field(
        None, description="Address of the provider's discovery document, where it is not below the issuer."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe message to print."
    )
    log_format: Literal["console", "json"] = Field("console", description="How messages are printed.")
    runs_kept_days: int = Field(90, ge=1, le=36500, description="Days that the log keeps runs.")
    bodies_kept_days: int = Field(
        0, ge=0, le=36500, description="Days that bodies of runs are kept, redacted and sealed; 0: none are stored."
    )
    provider_timeout: float = Field(100.0, gt=0, description="Seconds to wait for a provider's answer.")
    write_settles: float | None = Field(
        None,
        ge=0,
        description="Seconds after which a write whose connection was lost can no longer be under way at the provider; the connector's own figure without it.",
    )

    @field_validator("trusted_proxies", "connector_dirs", "old_master_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            ip_network(part, strict=False)
        return value

    @field_validator("public_url")
    @classmethod
    def _origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
            or parts.path not in ("", "/")
        ):
            msg = "give an origin such as https://linkspan.example.com, without a path"
            raise ValueError(msg)
        return value.rstrip("/")

    @field_validator("oidc_issuer", "oidc_discovery_url")
    @classmethod
    def _safe_address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        if value is not None and (
            not safe or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc
        ):
            msg = "give an https address such as https://login.example.com/tenant, without query"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        """A provider is known by issuer and client id together; its secret comes from one place."""
        others = (self.oidc_client_id, self.oidc_client_secret, self.oidc_client_secret_file, self.oidc_discovery_url)
        if bool(self.oidc_issuer) != bool(self.oidc_client_id) or (any(others) and not self.oidc_issuer):
            msg = (
                "set LINKSPAN_OIDC_ISSUER and LINKSPAN_OIDC_CLIENT_ID together, before any other LINKSPAN_OIDC_ setting"
            )
            raise ValueError(msg)
        if self.oidc_client_secret is not None and self.oidc_client_secret_file is not None:
            msg = "set LINKSPAN_OIDC_CLIENT_SECRET or LINKSPAN_OIDC_CLIENT_SECRET_FILE, not both"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _https_outside(self) -> Self:
        """Plain http is for loopback only: tokens and cookies must not cross a network in clear."""
        url = urlsplit(self.base_url)
        if url.scheme == "http" and not is_loopback(url.hostname or ""):
            msg = f"{self.base_url} is plain http on a public address: set LINKSPAN_PUBLIC_URL to its https address (a proxy may end TLS)"
            raise ValueError(msg)
        return self

    @property
    def base_url(self) -> str:
        """The public address: `public_url`, or the loopback address listened on."""
        if self.public_url:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether `host` (a name or an address) can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(**given: object) -> Settings:
    """The settings of this process: `given` (from the CLI) first, then `LINKSPAN_*`, then defaults.

    Raises ConfigurationError with every mistake at once, an unknown `LINKSPAN_*` name among them.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    mistakes = [_unknown(name, known) for name in os.environ if name.startswith(PREFIX) and name not in known]
    try:
        settings = Settings.model_validate(_merged(given)) if not mistakes else None
    except ValidationError as error:
        mistakes += [Mistake(_setting_of(item["loc"]), item["msg"]) for item in error.errors()]
        settings = None
    if settings is None:
        raise ConfigurationError("; ".join(str(mistake) for mistake in mistakes), mistakes=mistakes)
    return settings


def environment_text(name: str) -> str | None:
    """A variable that a project file refers to; None if it is not set."""
    return os.environ.get(name)


def _unknown(name: str, known: Iterable[str]) -> Mistake:
    near = get_close_matches(name, known, n=1)
    return Mistake(name, "is not a setting", near[0] if near else None)


def _setting_of(place: tuple[int | str, ...]) -> str:
    return PREFIX + str(place[0]).upper() if place else "settings"


def _merged(given: dict[str, object]) -> dict[str, object]:
    env = {
        name: os.environ[PREFIX + name.upper()] for name in Settings.model_fields if PREFIX + name.upper() in os.environ
    }
    return env | {name: value for name, value in given.items() if value is not None}
