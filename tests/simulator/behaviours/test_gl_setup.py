"""The general ledger's setup: one row, read only."""


def test_GLSetup__TestGetGLSetup(desk):
    (row,) = desk.rows("generalLedgerSetup")

    about = desk.rows("companyInformation")[0]
    assert (about["currencyCode"], "£", "AREA", "DEPARTMENT") == tuple(
        row[name]
        for name in ("localCurrencyCode", "localCurrencySymbol", "shortcutDimension1Code", "shortcutDimension2Code")
    )
    assert row["id"] == desk.get(f"generalLedgerSetup({row['id']})")["id"]
    assert 405 == desk.send("POST", "generalLedgerSetup", {}).status_code
