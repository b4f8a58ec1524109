"""How the server's own messages are printed: lines for people, or JSON for machines; never a request's content."""

import logging
import sys

import structlog

from linkspan.settings import Settings

_HEARD = ("linkspan", "uvicorn.error")


def configure_log_output(settings: Settings, *, quiet: bool = False) -> None:
    """Send every logger's messages, ours and the libraries', through one formatter to standard error.

    `quiet`: only warnings and worse, unless a log level was asked for: a command that tells a story is not interrupted by the server.
    """
    level = "warning" if quiet and "log_level" not in settings.model_fields_set else settings.log_level
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    as_json = settings.log_format == "json"
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # Libraries tell whole addresses, in which codes and tokens travel: below a warning only those of the list are heard.
    root.setLevel(logging.WARNING)
    for name in _HEARD:
        logging.getLogger(name).setLevel(level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
