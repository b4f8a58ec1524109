"""What OAuth's own endpoints refuse, in OAuth's own words."""


class OAuthRefusedError(Exception):
    """A refusal whose `code` is a protocol's: RFC 6749 (5.2, 4.1.2.1), RFC 7591 (3.2.2) and RFC 8707 (2); `retry_after` in seconds."""

    def __init__(self, code: str, description: str, *, status: int = 400, retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {description}")
        self.code, self.description, self.status, self.retry_after = code, description, status, retry_after
