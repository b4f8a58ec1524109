"""Every refusal the simulated Business Central can answer with: HTTP status, error code and message text.

Codes and texts follow the published error-code table; where no status is documented, 400 is used.
"""

from uuid import UUID


class BcFault(Exception):  # noqa: N818  the provider's word; not one of Linkspan's own errors
    """A refusal on its way to the wire.

    ``gateway`` faults are answered by the layer before the application and carry no CorrelationId suffix.
    ``retry_after`` is a number of seconds for the Retry-After header.
    """

    def __init__(
        self, status: int, code: str, message: str, *, gateway: bool = False, retry_after: int | None = None
    ) -> None:
        """Keep the parts of the answer; ``message`` comes without the CorrelationId suffix."""
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.gateway = gateway
        self.retry_after = retry_after


def bad_request(message: str) -> BcFault:
    """An invalid body or query option."""
    return BcFault(400, "BadRequest", message)


def unknown_property(name: str, entity_type: str) -> BcFault:
    """A body names a property that the type does not have; ``entity_type`` is the qualified type name."""
    return bad_request(
        f"The property '{name}' does not exist on type '{entity_type}'. "
        "Make sure to only use property names that are defined by the type."
    )


def unknown_query_property(name: str, entity_type: str) -> BcFault:
    """A query option names a property that the type does not have; ``entity_type`` is the qualified type name."""
    return bad_request(f"Could not find a property named '{name}' on type '{entity_type}'.")


def invalid_request_url(message: str) -> BcFault:
    """The address cannot be understood."""
    return BcFault(400, "BadRequest_InvalidRequestUrl", message)


def query_syntax() -> BcFault:
    """A malformed key or path."""
    return BcFault(404, "BadRequest_NotFound", "Bad Request - Error in query syntax.")


def resource_not_found(segment: str) -> BcFault:
    """An unknown segment in the path."""
    return BcFault(404, "BadRequest_ResourceNotFound", f"Resource not found for the segment '{segment}'.")


def invalid_operation(message: str) -> BcFault:
    """A write that the page does not allow."""
    return BcFault(400, "BadRequest_InvalidOperation", message)


def read_only_control(name: str) -> BcFault:
    """A body sets a property that cannot be written."""
    return invalid_operation(f"Control '{name}' is read-only")


def invalid_token() -> BcFault:
    """The If-Match header is missing or malformed."""
    return BcFault(
        400,
        "BadRequest_InvalidToken",
        "Could not validate the client concurrency token required by the service. "
        "Please provide a valid token in the client request.",
    )


def required_parameter(name: str) -> BcFault:
    """A property that must not be empty is empty."""
    return BcFault(400, "BadRequest_RequiredParamNotProvided", f"Field '{name}' must not be blank or empty.")


def entity_changed() -> BcFault:
    """The etag sent is not the current one."""
    return BcFault(409, "Request_EntityChanged", "Another user has already changed the record.")


def method_not_allowed(verb: str, entity_set: str) -> BcFault:
    """POST or PATCH on a set that does not take it."""
    return BcFault(
        405,
        "BadRequest_MethodNotAllowed",
        f"'{verb}' requests for '{entity_set}' of EdmType 'Collection' are not allowed within "
        "Dynamics 365 Business Central OData web services.",
    )


def method_not_implemented(message: str) -> BcFault:
    """A query form or verb that the service does not implement."""
    return BcFault(501, "BadRequest_MethodNotImplemented", message)


def distinct_fields_or() -> BcFault:
    """An OR in $filter over two different fields."""
    return method_not_implemented("The 'OR' operator is not supported on distinct fields on an OData filter.")


def filter_not_supported() -> BcFault:
    """A $filter form that needs a newer schema version."""
    return method_not_implemented("The OData filter expression is not supported")


def modifying_not_supported() -> BcFault:
    """PATCH on a query or a page without modify."""
    return method_not_implemented("Entity does not support modifying data.")


def skip_token_gone() -> BcFault:
    """The row that a next link pointed behind no longer exists."""
    return BcFault(400, "SkipTokenIsNoLongerValid", "The specified skip token is no longer valid.")


def data_not_found(table: str) -> BcFault:
    """Nothing lies within the filter of an internal lookup."""
    return BcFault(400, "Internal_DataNotFoundFilter", f"There is no {table} within the filter.")


def record_not_found(table: str, record_id: UUID | str) -> BcFault:
    """No record with this id; ``table`` is the provider's table name."""
    shown = str(record_id).upper()
    return BcFault(
        404,
        "Internal_RecordNotFound",
        f"The {table} does not exist. Identification fields and values: SystemId='{{{shown}}}'",
    )


def invalid_relation(field: str, table: str, value: str, related: str) -> BcFault:
    """A code that does not exist in the table it refers to; ``field`` and ``table`` by their captions."""
    return BcFault(
        400,
        "Internal_InvalidTableRelation",
        f"The field {field} of table {table} contains a value ({value}) that cannot be found in the related table "
        f"({related}).",
    )


def server_error(message: str) -> BcFault:
    """An unexpected failure inside the service; also used for refused permissions."""
    return BcFault(500, "Internal_ServerError", message)


def same_key_exists(table: str, keys: str) -> BcFault:
    """A record with this key exists; ``keys`` like ``No.='10000'``."""
    return BcFault(
        400, "Internal_EntityWithSameKeyExists", f"The {table} already exists. Identification fields and values: {keys}"
    )


def company_not_found(name: str = "") -> BcFault:
    """No company named and no default, or the company does not exist."""
    return BcFault(400, "Internal_CompanyNotFound", f'Cannot find company "{name}".')


def tenant_unavailable(retry_after: int = 30) -> BcFault:
    """The tenant is being moved, updated or started."""
    return BcFault(
        503, "Internal_TenantUnavailable", "The tenant is unavailable. Try again later.", retry_after=retry_after
    )


def dialog(message: str) -> BcFault:
    """An error raised by application code."""
    return BcFault(400, "Application_DialogException", message)


def not_evaluated(value: str, type_name: str) -> BcFault:
    """A text that cannot be read as the type of its field."""
    return BcFault(
        400, "Application_EvaluateException", f'The value "{value}" cannot be evaluated into type {type_name}.'
    )


def too_long(value: str, limit: int) -> BcFault:
    """A text longer than its field."""
    return BcFault(
        400,
        "Application_StringExceededLength",
        f"The length of the string is {len(value)}, but it must be less than or equal to {limit} characters. "
        f"Value: {value}",
    )


def invalid_guid(value: str) -> BcFault:
    """A text that is not a GUID."""
    return BcFault(400, "Application_InvalidGUID", f"Invalid format of GUID string: {value}")


def callback_not_allowed() -> BcFault:
    """Application code tried to open a dialog."""
    return BcFault(400, "Application_CallbackNotAllowed", "Callback functions are not allowed.")


def filter_error(message: str) -> BcFault:
    """A filter value that application code cannot use."""
    return BcFault(400, "Application_FilterErrorException", message)


def field_validation(message: str) -> BcFault:
    """A field refused its value."""
    return BcFault(400, "Application_FieldValidationException", message)


def must_have_value(field: str, table: str, key: str) -> BcFault:
    """A test of a field found it empty; ``key`` like ``No.=C00690``."""
    return field_validation(f"{field} must have a value in {table}: {key}. It cannot be zero or empty.")


def not_an_option(value: str, options: tuple[str, ...]) -> BcFault:
    """A value that is no member of an enum; ``options`` are the decoded member names."""
    return BcFault(400, "Unknown", f"'{value}' is not an option. The existing options are: {','.join(options)}")


def batch_too_large(limit: int = 100) -> BcFault:
    """More operations in one batch than allowed."""
    return BcFault(
        500,
        "Unknown",
        f"The current batch message contains too many parts. A maximum number of '{limit}' query operations and "
        "change sets are allowed in a batch message.",
    )


def too_many_requests(actual: int, maximum: int) -> BcFault:
    """The caller is over a rate limit."""
    return BcFault(
        429, "Application_TooManyRequests", f"Too many requests reached. Actual ({actual}). Maximum ({maximum})."
    )


def invalid_credentials() -> BcFault:
    """The bearer token is missing or not accepted."""
    return BcFault(
        401, "Authentication_InvalidCredentials", "The server has rejected the client credentials.", gateway=True
    )


def forbidden(code: str, message: str) -> BcFault:
    """The caller is known but not allowed; ``code`` continues ``Authorization_``."""
    return BcFault(403, f"Authorization_{code}", message)


def no_environment() -> BcFault:
    """The environment named in the address does not exist."""
    return BcFault(404, "NoEnvironment", "Environment does not exist.", gateway=True)


def operation_timeout() -> BcFault:
    """The operation took longer than the service allows; it was stopped and undone."""
    return BcFault(408, "RequestTimeout", "The operation was stopped because it took too long.", gateway=True)


def gateway_timeout() -> BcFault:
    """The gateway gave up waiting for an answer; what became of the operation is not known."""
    return BcFault(504, "GatewayTimeout", "The service did not answer in time.", gateway=True)


def body_too_large() -> BcFault:
    """The body of a request, or the page it asks for, is larger than the service takes."""
    return BcFault(413, "RequestEntityTooLarge", "The request is too large.", gateway=True)


def service_unavailable(message: str = "The service is temporarily unavailable.") -> BcFault:
    """The gateway cannot reach the service; clients should wait."""
    return BcFault(503, "ServiceUnavailable", message, gateway=True, retry_after=30)
