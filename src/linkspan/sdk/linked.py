"""What a client manages: linked accounts, connector profiles and connect sessions."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Generic

from msgspec import UNSET, UnsetType

from linkspan.sdk.line import Ask
from linkspan.sdk.modes import ModeT, either, either_each
from linkspan.sdk.records import Account, CheckUp, ConnectSession, OpenedSession, Page, Profile
from linkspan.sdk.resources import Resource, read_of

Words = Sequence[str] | None
Text = str | None | UnsetType


class Accounts(Resource[ModeT], Generic[ModeT]):
    """Linked accounts: one customer's link each."""

    @either
    async def list(
        self,
        *,
        connector: Words = None,
        profile_id: Words = None,
        state: Words = None,
        origin_owner_id: Words = None,
        cursor: str | None = None,
        page_size: int | None = None,
    ) -> Page[Account]:
        """Accounts that fit every given filter, oldest first. Raises LinkspanError."""
        query = {
            "connector": connector,
            "profile_id": profile_id,
            "state": state,
            "origin_owner_id": origin_owner_id,
            "cursor": cursor,
            "page_size": page_size,
        }
        return await self._line.ask(read_of("/v1/accounts", query), Page[Account])

    @either_each
    async def each(
        self, *, connector: Words = None, profile_id: Words = None, state: Words = None, origin_owner_id: Words = None
    ) -> AsyncIterator[Account]:
        """Every account that fits, page by page as they are needed. Raises LinkspanError."""
        query: dict[str, object] = {
            "connector": connector,
            "profile_id": profile_id,
            "state": state,
            "origin_owner_id": origin_owner_id,
        }
        while True:
            page = await self._line.ask(read_of("/v1/accounts", query), Page[Account])
            for account in page.data:
                yield account
            if page.next is None:
                return
            query["cursor"] = page.next

    @either
    async def get(self, account_id: str) -> Account:
        """One account. Raises NotFoundError."""
        return await self._line.ask(read_of(f"/v1/accounts/{account_id}"), Account)

    @either
    async def change(
        self,
        account_id: str,
        *,
        label: Text = UNSET,
        metadata: Mapping[str, object] | UnsetType = UNSET,
        type: str | UnsetType = UNSET,  # noqa: A002 - the API's own word
        read_only: bool | UnsetType = UNSET,
        origin_owner_id: str | UnsetType = UNSET,
        origin_owner_name: str | UnsetType = UNSET,
        origin_username: Text = UNSET,
    ) -> Account:
        """Change what is given and leave the rest. Raises LinkspanError."""
        body = _given(
            label=label,
            metadata=metadata,
            type=type,
            read_only=read_only,
            origin_owner_id=origin_owner_id,
            origin_owner_name=origin_owner_name,
            origin_username=origin_username,
        )
        return await self._line.ask(Ask("PATCH", f"/v1/accounts/{account_id}", body=body), Account)

    @either
    async def check(self, account_id: str) -> CheckUp:
        """Look at everything in order, the provider's fresh token included, and say what to fix first. Raises LinkspanError."""
        return await self._line.ask(Ask("POST", f"/v1/accounts/{account_id}/check"), CheckUp)

    @either
    async def suspend(self, account_id: str) -> Account:
        """Refuse every action until the account is resumed; its grant is kept. Raises LinkspanError."""
        return await self._line.ask(Ask("POST", f"/v1/accounts/{account_id}/suspend"), Account)

    @either
    async def resume(self, account_id: str) -> Account:
        """Take a suspended account back into use. Raises LinkspanError."""
        return await self._line.ask(Ask("POST", f"/v1/accounts/{account_id}/resume"), Account)

    @either
    async def delete(self, account_id: str) -> Account:
        """Unlink the account for good, and answer it as it was. Raises LinkspanError."""
        return await self._line.ask(Ask("DELETE", f"/v1/accounts/{account_id}"), Account)


class Profiles(Resource[ModeT], Generic[ModeT]):
    """Connector profiles: the project's OAuth clients."""

    @either
    async def list(self, *, connector: str | None = None) -> Page[Profile]:
        """Every profile, oldest first. Raises LinkspanError."""
        return await self._line.ask(read_of("/v1/profiles", {"connector": connector}), Page[Profile])

    @either
    async def get(self, profile_id: str) -> Profile:
        """One profile. Raises NotFoundError."""
        return await self._line.ask(read_of(f"/v1/profiles/{profile_id}"), Profile)

    @either
    async def create(
        self,
        *,
        connector: str,
        name: str,
        client_id: str,
        client_secret: str | None = None,
        client_secret_expires_at: datetime | None = None,
        certificate: str | None = None,
        certificate_key: str | None = None,
        auth_method: str | UnsetType = UNSET,
        audience: str | UnsetType = UNSET,
        tenant: str | None = None,
        scopes: Sequence[str] = (),
        enabled_actions: Words = None,
        provider_url: str | None = None,
        enabled: bool = True,
        is_default: bool | UnsetType = UNSET,
    ) -> Profile:
        """Keep an OAuth client for a connector. Raises LinkspanError."""
        body = _given(
            connector=connector,
            name=name,
            client_id=client_id,
            client_secret=client_secret,
            client_secret_expires_at=_moment(client_secret_expires_at),
            certificate=certificate,
            certificate_key=certificate_key,
            auth_method=auth_method,
            audience=audience,
            tenant=tenant,
            scopes=scopes,
            enabled_actions=enabled_actions,
            provider_url=provider_url,
            enabled=enabled,
            is_default=is_default,
        )
        return await self._line.ask(Ask("POST", "/v1/profiles", body=body), Profile)

    @either
    async def change(
        self,
        profile_id: str,
        *,
        name: str | UnsetType = UNSET,
        client_id: str | UnsetType = UNSET,
        client_secret: Text = UNSET,
        client_secret_expires_at: datetime | UnsetType | None = UNSET,
        keep_old_secret: bool | UnsetType = UNSET,
        old_client_secret: UnsetType | None = UNSET,
        certificate: Text = UNSET,
        certificate_key: Text = UNSET,
        audience: str | UnsetType = UNSET,
        tenant: Text = UNSET,
        scopes: Sequence[str] | UnsetType = UNSET,
        enabled_actions: Words | UnsetType = UNSET,
        provider_url: Text = UNSET,
        enabled: bool | UnsetType = UNSET,
        is_default: bool | UnsetType = UNSET,
    ) -> Profile:
        """Change what is given and leave the rest; accounts keep their grants. Raises LinkspanError.

        A secret is rolled over with `keep_old_secret`, until `old_client_secret=None` drops the one before.
        """
        body = _given(
            name=name,
            client_id=client_id,
            client_secret=client_secret,
            client_secret_expires_at=_moment(client_secret_expires_at),
            keep_old_secret=keep_old_secret,
            old_client_secret=old_client_secret,
            certificate=certificate,
            certificate_key=certificate_key,
            audience=audience,
            tenant=tenant,
            scopes=scopes,
            enabled_actions=enabled_actions,
            provider_url=provider_url,
            enabled=enabled,
            is_default=is_default,
        )
        return await self._line.ask(Ask("PATCH", f"/v1/profiles/{profile_id}", body=body), Profile)

    @either
    async def delete(self, profile_id: str) -> None:
        """Remove a profile and its secret; refused while accounts are linked through it. Raises LinkspanError."""
        await self._line.ask(Ask("DELETE", f"/v1/profiles/{profile_id}"), object)


class Sessions(Resource[ModeT], Generic[ModeT]):
    """Connect sessions: permission for one customer to link or relink one account."""

    @either
    async def create(
        self,
        *,
        origin_owner_id: str,
        origin_owner_name: str,
        origin_username: str | None = None,
        connector: str | None = None,
        profile_id: str | None = None,
        account_id: str | None = None,
        expires_in: int | UnsetType = UNSET,
        multiple: bool = False,
        label: str | None = None,
        type: str | UnsetType = UNSET,  # noqa: A002 - the API's own word
        metadata: Mapping[str, object] | UnsetType = UNSET,
        read_only: bool = False,
    ) -> OpenedSession:
        """Open a session for a connector, a profile, or an account to relink; `expires_in` in seconds. Raises LinkspanError."""
        body = _given(
            origin_owner_id=origin_owner_id,
            origin_owner_name=origin_owner_name,
            origin_username=origin_username,
            connector=connector,
            profile_id=profile_id,
            account_id=account_id,
            expires_in=expires_in,
            multiple=multiple,
            label=label,
            type=type,
            metadata=metadata,
            read_only=read_only,
        )
        return await self._line.ask(Ask("POST", "/v1/connect_sessions", body=body), OpenedSession)

    @either
    async def get(self, session_id: int) -> ConnectSession:
        """Whether a session is still open (`expires_at`) or has led to a link (`used_at`). Raises NotFoundError."""
        return await self._line.ask(read_of(f"/v1/connect_sessions/{session_id}"), ConnectSession)


def _given(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not UNSET}


def _moment(at: datetime | UnsetType | None) -> str | UnsetType | None:
    return at.isoformat() if isinstance(at, datetime) else at
