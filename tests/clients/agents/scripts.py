"""What the scripted models do, in every framework the same: list customers, create one, say so."""

import json

LIST, CREATE = "dynamics365bc_list_customers", "dynamics365bc_create_customer"


def steps(made: str, *, nested: bool = False) -> list[tuple[str, dict[str, object]]]:
    """The calls of the script; over MCP arguments are in groups."""
    listed, created = {"top": 2, "select": "number"}, {"displayName": made, "creditLimit": 1200.50}
    if nested:
        return [(LIST, {"query": listed}), (CREATE, {"body": created})]
    return [(LIST, listed), (CREATE, created)]


def told(texts: list[str]) -> dict[str, object]:
    """What the tools answered the model: numbers of the listed customers, name and limit of the one made."""
    rows, made = json.loads(texts[0]), json.loads(texts[1])["data"]
    return {"listed": [row[-1] for row in rows["rows"]], "made": made["displayName"], "limit": str(made["creditLimit"])}
