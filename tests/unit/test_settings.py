"""Settings: one frozen value; every mistake at once; plain http only on loopback."""

from pathlib import Path

import pytest

from linkspan.errors import ConfigurationError
from linkspan.providerauth.oidc import open_provider
from linkspan.settings import Settings, load_settings
from linkspan.transport.pyreqwest_client import PyreqwestTransport
from linkspan.wiring import utc_now

NO_CABLE = PyreqwestTransport()


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("LINKSPAN_")]:
        monkeypatch.delenv(name)


def test_defaults_serve_on_loopback() -> None:
    assert "http://127.0.0.1:8700" == load_settings().base_url


def test_given_values_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKSPAN_PORT", "9001")
    monkeypatch.setenv("LINKSPAN_DATA_DIR", "/somewhere")
    settings = load_settings(port=9002)

    assert (9002, Path("/somewhere")) == (settings.port, settings.data_dir)


def test_an_unknown_setting_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKSPAN_PUBLIK_URL", "https://x.example")

    with pytest.raises(ConfigurationError, match="LINKSPAN_PUBLIK_URL") as caught:
        load_settings()

    assert "LINKSPAN_PUBLIC_URL" == caught.value.mistakes[0].nearest


def test_all_mistakes_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKSPAN_PORT", "seventy")
    monkeypatch.setenv("LINKSPAN_TRUSTED_PROXIES", "10.0.0.0/8, nowhere")

    with pytest.raises(ConfigurationError) as caught:
        load_settings()

    assert {"LINKSPAN_PORT", "LINKSPAN_TRUSTED_PROXIES"} == {mistake.where for mistake in caught.value.mistakes}


@pytest.mark.parametrize(
    "given",
    [
        {"public_url": "http://linkspan.example.com"},
        {"host": "0.0.0.0"},
        {"host": "192.168.1.4"},
        {"public_url": "https://linkspan.example.com/path"},
        {"public_url": "ftp://linkspan.example.com"},
    ],
)
def test_plain_http_on_a_public_address_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        load_settings(**given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"host": "0.0.0.0", "public_url": "https://linkspan.example.com/"}, "https://linkspan.example.com"),
        ({"public_url": "http://localhost:9000"}, "http://localhost:9000"),
        ({"host": "::1", "port": 80}, "http://[::1]:80"),
    ],
)
def test_base_url(given: dict[str, object], expected: str) -> None:
    assert expected == load_settings(**given).base_url


def test_secrets_do_not_show() -> None:
    settings = load_settings(master_key="c2VjcmV0LW1hc3Rlci1rZXk", database_url="postgresql://u:planted-password@h/d")

    assert "planted-password" not in repr(settings)
    assert "c2VjcmV0LW1hc3Rlci1rZXk" not in repr(settings)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ISSUER": "https://login.example"}, "together"),
        ({"CLIENT_ID": "x"}, "together"),
        ({"CLIENT_SECRET": "x"}, "together"),
        ({"ISSUER": "http://login.example", "CLIENT_ID": "x"}, "https address"),
        ({"ISSUER": "https://a:b@login.example", "CLIENT_ID": "x"}, "https address"),
        ({"ISSUER": "https://login.example?x=1", "CLIENT_ID": "x"}, "https address"),
        (
            {"ISSUER": "https://i.example", "CLIENT_ID": "x", "CLIENT_SECRET": "s", "CLIENT_SECRET_FILE": "f"},
            "not both",
        ),
    ],
    ids=str,
)
def test_half_a_provider_is_refused(given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"LINKSPAN_OIDC_{name}", value)

    with pytest.raises(ConfigurationError, match=said):
        load_settings()


def test_the_providers_secret_may_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKSPAN_OIDC_ISSUER", "https://login.example/t")
    monkeypatch.setenv("LINKSPAN_OIDC_CLIENT_ID", "x")
    monkeypatch.setenv("LINKSPAN_OIDC_CLIENT_SECRET_FILE", str(tmp_path / "secret"))

    with pytest.raises(ConfigurationError, match="cannot be read, or is empty"):
        open_provider(load_settings(), NO_CABLE, utc_now)
    (tmp_path / "secret").write_text("the-secret-of-a-file\n")
    provider = open_provider(load_settings(), NO_CABLE, utc_now)

    assert provider is not None
    assert provider.app.secret is not None
    assert "the-secret-of-a-file" == provider.app.secret.reveal()
    assert "https://login.example/t/.well-known/openid-configuration" == provider.app.discovery_url
