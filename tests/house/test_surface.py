"""The public Python API is what `__all__` says, and all of it is documented."""

import inspect

import pytest

import linkspan.sdk
import linkspan.simulator

SDK_ROOMS = {"client", "errors", "exact_json", "line", "linked", "modes", "records", "resources", "toolset", "typed"}


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


def test_sdk_surface_is_what_all_says() -> None:
    names = set(linkspan.sdk.__all__)
    public = {name for name in vars(linkspan.sdk) if not name.startswith("_")} - SDK_ROOMS

    assert len(linkspan.sdk.__all__) == len(names)
    assert names == public
    assert {"AsyncLinkspan", "Linkspan", "BoundAccount", "Answer", "LinkspanError", "WriteOutcomeUnknownError"} <= names


@pytest.mark.parametrize("name", linkspan.sdk.__all__)
def test_public_names_of_the_sdk_have_docstrings(name: str) -> None:
    member = getattr(linkspan.sdk, name)
    methods = {one: inspect.getattr_static(member, one) for one in dir(member) if not one.startswith("_")}
    undocumented = [one for one, method in methods.items() if hasattr(method, "__wrapped__") and not method.__doc__]

    assert inspect.getdoc(member)
    assert [] == undocumented


def test_both_clients_have_the_same_methods() -> None:
    def public(client: type[object]) -> set[str]:
        return {name for name in dir(client) if not name.startswith("_")}

    assert {"run", "pages", "rows", "stream", "account", "close"} <= public(linkspan.sdk.Linkspan)
    assert public(linkspan.sdk.AsyncLinkspan) == public(linkspan.sdk.Linkspan)
