"""An offline Microsoft Entra ID and Business Central API v2.0 for tests, demos and learning.

`Simulator.start()` serves it on loopback; the pytest fixture `business_central` does so for one test.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linkspan.simulator.pytest_fixture import business_central
    from linkspan.simulator.serve import Simulator

__all__ = ["Simulator", "business_central"]


def __getattr__(name: str) -> object:
    # Both are imported when asked for: the fixture needs pytest, which an installation without tests does not have,
    # and whoever wants only one part of the simulator need not load its web server.
    if name == "Simulator":
        from linkspan.simulator.serve import Simulator  # noqa: PLC0415

        return Simulator
    if name == "business_central":
        from linkspan.simulator.pytest_fixture import business_central  # noqa: PLC0415

        return business_central
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
