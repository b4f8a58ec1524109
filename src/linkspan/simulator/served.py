"""The simulated service: its books and everything that decides how it answers requests for them."""

from dataclasses import dataclass, field

from linkspan.simulator.books.world import World
from linkspan.simulator.custom_apis import CustomApis
from linkspan.simulator.limits import Gate
from linkspan.simulator.odata.fragments import PageStore
from linkspan.simulator.permissions import Permissions
from linkspan.simulator.switches import SwitchBoard
from linkspan.simulator.tape.deck import Deck


@dataclass(frozen=True, slots=True)
class Service:
    """What the endpoints share and the control commands act on."""

    world: World
    gate: Gate
    switches: SwitchBoard = field(default_factory=SwitchBoard)
    permissions: Permissions = field(default_factory=Permissions)
    deck: Deck = field(default_factory=Deck)
    apis: CustomApis = field(default_factory=CustomApis)
    pages: PageStore = field(default_factory=PageStore)

    def reset(self) -> None:
        """Return limits, switches, permissions and the rows of custom APIs to the start."""
        self.apis.refill([one for tenant in self.world.tenants.values() for one in tenant.environments.values()])
        self.gate.reset()
        self.switches.reset()
        self.permissions.reset()
