"""Where an account points, and which origins its requests may reach."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from linkspan.connectors.catalog import load_catalog
from linkspan.engine.target import Targets, target_of
from linkspan.errors import ConfigurationError
from linkspan.model import Account, AccountState, Owner, Profile

CONNECTOR = load_catalog().connectors["dynamics365bc"]
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACCOUNT = Account(
    id="A" * 20, project_id="p-1", profile_id="f-1", connector="dynamics365bc", owner=Owner("o", "O"), state=AccountState.ACTIVE,
    fields={"tenant_id": "4f6d2c1a", "environment": "Production", "company_id": "c-1"}, created_at=NOW, updated_at=NOW,
)  # fmt: skip
PROFILE = Profile(
    id="f-1", project_id="p-1", connector="dynamics365bc", name="P", auth_method="oauth-2-0", client_id="c", has_secret=True,
    scopes=(), enabled_actions=None, provider_url=None, enabled=True, is_default=True, created_at=NOW, updated_at=NOW,
)  # fmt: skip


def test_microsofts_hosts_are_the_default() -> None:
    target = target_of(CONNECTOR, PROFILE, ACCOUNT)

    assert "https://api.businesscentral.dynamics.com/v2.0/4f6d2c1a/Production/api/v2.0" == target.api_root
    assert {"https://api.businesscentral.dynamics.com", "https://login.microsoftonline.com"} == target.allowed
    assert "c-1" == target.defaults["company_id"]


def test_one_setting_points_a_profile_at_the_simulator() -> None:
    target = target_of(CONNECTOR, replace(PROFILE, provider_url="http://127.0.0.1:4711/"), ACCOUNT)

    assert "http://127.0.0.1:4711/v2.0/4f6d2c1a/Production/api/v2.0" == target.api_root
    assert {"http://127.0.0.1:4711"} == target.allowed


def test_a_field_cannot_lead_elsewhere() -> None:
    evil = replace(ACCOUNT, fields=dict(ACCOUNT.fields, environment="../../evil?x=#"))

    assert target_of(CONNECTOR, PROFILE, evil).api_root.endswith("/4f6d2c1a/..%2F..%2Fevil%3Fx%3D%23/api/v2.0")


def test_an_account_without_its_fields_is_told() -> None:
    with pytest.raises(ConfigurationError, match="environment"):
        target_of(CONNECTOR, PROFILE, replace(ACCOUNT, fields={"tenant_id": "t"}))


def test_targets_are_kept_until_something_changes() -> None:
    targets = Targets()
    first = targets.of(CONNECTOR, PROFILE, ACCOUNT)
    moved = replace(ACCOUNT, fields=dict(ACCOUNT.fields, environment="Sandbox"))

    assert first is targets.of(CONNECTOR, PROFILE, ACCOUNT)
    assert "/Sandbox/" in targets.of(CONNECTOR, PROFILE, moved).api_root
    assert (
        "http://127.0.0.1:1"
        in targets.of(CONNECTOR, replace(PROFILE, provider_url="http://127.0.0.1:1"), moved).api_root
    )
