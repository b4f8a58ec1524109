"""Exchange rates of currencies: read only, and those that documents are posted at."""


def test_CurrencyExchRate__TestGetCurrencyExchangeRates(desk):
    codes = {row["code"] for row in desk.rows("currencies")}
    rates = {row["currencyCode"]: row for row in desk.rows("currencyExchangeRates")}

    assert codes == rates.keys()
    assert all(row["exchangeRateAmount"] > 0 and row["relationalExchangeRateAmount"] > 0 for row in rates.values())
    assert {""} == {row["relationalCurrencyCode"] for row in rates.values()}


def test_CurrencyExchRate__TestSingleGetCurrencyExchangeRate(desk):
    listed = desk.one("currencyExchangeRates", "currencyCode eq 'EUR'")
    found = desk.get(f"currencyExchangeRates({listed['id']})")

    assert ("EUR", "1", "0.85") == (
        found["currencyCode"],
        str(found["exchangeRateAmount"]),
        str(found["relationalExchangeRateAmount"]),
    )
