"""The closed lists of names that a connector's data may use: behaviour itself lives in the engine and in providerauth."""

PROTOCOLS = frozenset({"odata_v4"})
"""How actions become requests; implemented by the engine."""

TOP_PAGES = "odata_top_next_link"
PAGINATIONS = frozenset({"odata_next_link", TOP_PAGES})
"""How a list is walked; implemented by the engine. A page's size is asked by `Prefer: odata.maxpagesize`, or by `$top`."""

FAULTS = frozenset({"business_central", "http_status"})
"""How a provider's error answers are understood; implemented by the engine. `http_status`: by the status alone, as OData defines it."""

ENUM_LITERALS = frozenset({"text", "qualified"})
"""How an enum's member is written in a filter; implemented by the engine. OData 4.01 and BC take `'Open'`, OData 4.0 `Name.Space.Kind'Open'`."""

CERTIFICATE_AUTH = "private_key_jwt"
CLIENT_AUTHS = frozenset({"client_secret_post", "client_secret_basic", CERTIFICATE_AUTH})
"""How an application proves itself to the token endpoint (names of RFC 7591 and OIDC core 9); implemented by providerauth."""

CODE_KIND, APPLICATION_KIND = "oauth2_authorization_code", "oauth2_client_credentials"
AUTH_KINDS = frozenset({CODE_KIND, APPLICATION_KIND})
"""How an account signs in: a person with a code, or the application for itself; implemented by providerauth."""

SEPARATORS = {"space": " ", "comma": ",", "newline": "\n", "plus": "+"}
"""How a provider joins scopes, by name."""

VERBS_OFFERED = {"list": "read", "get": "read", "create": "create", "update": "update", "delete": "delete"}
"""An action's verb → the verb that the contract's entity must offer."""

QUERY_ALIASES = {
    "odata_v4": {
        "$filter": "filter",
        "$select": "select",
        "$expand": "expand",
        "$orderby": "order_by",
        "$top": "top",
        "$skip": "skip",
        "$count": "count",
    }
}
"""Per protocol: the protocol's own option names → ours, accepted by the compatible door only."""
