"""General product posting groups: read only."""


def test_GenProdPostGroup__TestGetGenProdPostGroups(desk):
    rows = {row["code"]: row for row in desk.rows("generalProductPostingGroups")}

    assert "Stores and provisions" == rows["PROVISIONS"]["description"]
    found = desk.get(f"generalProductPostingGroups({rows['PROVISIONS']['id']})")
    assert rows["PROVISIONS"] == {name: value for name, value in found.items() if name != "@odata.context"}
    assert 405 == desk.send("POST", "generalProductPostingGroups", {"code": "OWN"}).status_code
