"""What is particular to each entity whose records are plain rows, by the entity's name."""

from linkspan.simulator.books.rules.codes import CODES
from linkspan.simulator.books.rules.contacts import CONTACT
from linkspan.simulator.books.rules.items import ITEM
from linkspan.simulator.books.rules.parties import CUSTOMER, VENDOR
from linkspan.simulator.books.rules.prospects import FIXED_ASSET, OPPORTUNITY
from linkspan.simulator.books.rules.records import Rule
from linkspan.simulator.books.rules.time_entries import TIME_ENTRY
from linkspan.simulator.books.series import PROJECTS

RULES: dict[str, Rule] = {
    "customer": CUSTOMER,
    "vendor": VENDOR,
    "item": ITEM,
    "contact": CONTACT,
    "opportunity": OPPORTUNITY,
    "fixedAsset": FIXED_ASSET,
    "project": Rule(series=PROJECTS),
    "timeRegistrationEntry": TIME_ENTRY,
    **CODES,
}
"""An entity that is not here has nothing particular."""
