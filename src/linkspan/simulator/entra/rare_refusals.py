"""Refusals that the simulated Entra gives only when its control asks for them: OAuth error, HTTP status, text, suberror."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Refusal = tuple[str, int, str, str | None]

_CONDITIONAL: Final = "message_only"
RARE: Final[Mapping[int, Refusal]] = MappingProxyType(
    {
        50053: ("invalid_grant", 400, "The account is locked: too many sign-ins with a wrong user or password.", None),
        50055: ("invalid_grant", 400, "The password has expired.", None),
        50057: ("invalid_grant", 400, "The user account is disabled.", None),
        50059: ("invalid_request", 400, "Neither the request nor its credentials tell which tenant it is for.", None),
        50072: ("interaction_required", 400, "The user must enrol in multifactor authentication.", "basic_action"),
        50105: ("invalid_grant", 400, "The signed-in user is not assigned to a role of the application.", None),
        50132: ("invalid_grant", 400, "The session is not valid any more: it was ended.", "bad_token"),
        50133: ("invalid_grant", 400, "The session is not valid any more: the password changed.", "bad_token"),
        50158: ("interaction_required", 400, "An external security challenge was not satisfied.", "basic_action"),
        50196: ("invalid_grant", 400, "The client asks in a loop. Slow down.", None),
        53000: ("interaction_required", 400, "The device does not comply with the policies.", _CONDITIONAL),
        53001: ("interaction_required", 400, "The device is not joined to the domain.", _CONDITIONAL),
        53004: (
            "interaction_required",
            400,
            "The user must finish the enrolment from a place without risk.",
            _CONDITIONAL,
        ),
        65005: ("invalid_client", 400, "The list of required resources of the application is wrong.", None),
        90006: ("temporarily_unavailable", 503, "The service is not available for the moment.", None),
        90072: ("invalid_grant", 400, "The account of another identity provider does not exist in this tenant.", None),
        90090: ("temporarily_unavailable", 503, "Microsoft Graph timed out.", None),
        90093: ("access_denied", 400, "Microsoft Graph answered that consent was forbidden.", None),
        90095: ("access_denied", 400, "An administrator must approve the request for access.", None),
        500113: ("invalid_request", 400, "The application has no reply address.", None),
        900023: ("invalid_request", 400, "The tenant is neither a DNS name nor an external domain.", None),
        5000225: ("invalid_request", 400, "The tenant is blocked, because it was inactive.", None),
        7000112: ("unauthorized_client", 400, "The application is disabled.", None),
    }
)
"""By AADSTS code. The causes are those of Microsoft's reference, the words our own."""
