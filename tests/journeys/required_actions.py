"""The 70 actions that Linkspan promises, written down apart from the connector's own data."""

READ_ONLY = {
    "accounts": "account",
    "companies": "company",
    "customer_payment_journals": "customer_payment_journal",
    "customer_payments": "customer_payment",
    "dimension_values": "dimension_value",
    "dimensions": "dimension",
    "employees": "employee",
    "general_ledger_entries": "general_ledger_entry",
    "item_categories": "item_category",
    "journals": "journal",
    "purchase_invoices": "purchase_invoice",
    "purchase_orders": "purchase_order",
    "sales_credit_memos": "sales_credit_memo",
    "sales_invoices": "sales_invoice",
    "sales_orders": "sales_order",
    "tax_areas": "tax_area",
}
WRITABLE = {
    "bank_accounts": "bank_account",
    "currencies": "currency",
    "customers": "customer",
    "items": "item",
    "journal_lines": "journal_line",
    "sales_quotes": "sales_quote",
    "vendors": "vendor",
}
PREFIX = "dynamics365bc"


def required_ids() -> list[str]:
    """All 70, sorted."""
    found = [f"{PREFIX}_{verb}_company_information" for verb in ("list", "get", "update")]
    for plural, singular in (READ_ONLY | WRITABLE).items():
        found += [f"{PREFIX}_list_{plural}", f"{PREFIX}_get_{singular}"]
    for singular in WRITABLE.values():
        found += [f"{PREFIX}_{verb}_{singular}" for verb in ("create", "update", "delete")]
    return sorted(found)
