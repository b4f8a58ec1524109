"""What a browser can reach of one installation, and what a person needs to know."""

from dataclasses import dataclass

from linkspan.model import Caller, Owner, Profile
from linkspan.simulator import Simulator
from linkspan.usecases.create_connect_session import NewSession, create_connect_session
from linkspan.usecases.hall import Hall


@dataclass(slots=True)
class Installation:
    """A served installation with a profile that points at the simulator."""

    hall: Hall
    simulator: Simulator
    caller: Caller
    profile: Profile

    async def link_url(self, owner: str) -> str:
        new = NewSession(owner=Owner(owner, owner), profile_id=self.profile.id)
        return (await create_connect_session(self.hall, self.caller, new)).link_url
