"""Country codes that addresses may use: those of the company's table, or all where it keeps none."""

from collections.abc import Mapping

from linkspan.simulator.books.world import Company
from linkspan.simulator.contract import Entity
from linkspan.simulator.faults import invalid_relation

_ALL = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH EL ER ES ET FI FJ FK FM "
    "FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT "
    "JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN "
    "MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT "
    "PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL "
    "TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI XK YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_ALL.split())
"""ISO 3166 two-letter codes, and EL and XI as the VAT system uses them."""


def check_countries(company: Company, entity: Entity, values: Mapping[str, object]) -> None:
    """Refuse a country code that does not exist, in any address of the record."""
    table = company.tables["countryRegion"]
    for name, value in values.items():
        if value and name.lower().endswith("country") and not (table.find(value) if len(table) else value in COUNTRIES):
            caption = entity.fields[name].source_field or name
            raise invalid_relation(caption, entity.table, str(value), "Country/Region")
