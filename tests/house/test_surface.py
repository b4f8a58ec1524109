"""The public Python API is what `__all__` says, and all of it is documented."""

import inspect

import linkspan.simulator


def test_simulator_surface_is_what_all_says() -> None:
    names = set(linkspan.simulator.__all__)

    assert {"Simulator", "business_central"} == names
    assert all(hasattr(linkspan.simulator, name) for name in names)


def test_public_names_of_the_simulator_have_docstrings() -> None:
    simulator = linkspan.simulator.Simulator
    undocumented = [
        name
        for name, member in inspect.getmembers(simulator)
        if not name.startswith("_") and callable(member) and not inspect.getdoc(member)
    ]

    assert inspect.getdoc(simulator)
    assert [] == undocumented
