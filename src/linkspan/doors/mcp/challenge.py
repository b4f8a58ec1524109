"""How a client that may not come in is told where its user signs in (RFC 9728, 5.1; RFC 6750, 3; MCP, Authorization)."""

from linkspan.errors import InsufficientScopeError, LinkspanError
from linkspan.permit_records import SCOPES
from linkspan.usecases.oauth_addresses import RESOURCE_METADATA

_UNAUTHORIZED = 401


def challenges(address: str, path: str, error: LinkspanError, *, sent: bool) -> list[str]:
    """The values of WWW-Authenticate at a path of ours; `sent`: something was sent that is not accepted. No challenge for what signing in does not mend."""
    where = f'scope="{" ".join(SCOPES)}", resource_metadata="{address}{RESOURCE_METADATA}{path}"'
    if isinstance(error, InsufficientScopeError):
        told = "Sign in again and allow writing, or more of it."
        return [f'Bearer error="insufficient_scope", error_description="{told}", {where}']
    if error.http_status != _UNAUTHORIZED:
        return []
    wrong = 'error="invalid_token", error_description="The token or key is not accepted.", ' if sent else ""
    return [f'Bearer realm="Linkspan", {wrong}{where}', 'Basic realm="Linkspan"']
