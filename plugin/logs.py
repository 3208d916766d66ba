"""Logs as one JSON object a line on standard error, without secrets.

Events come from structlog (``structlog.get_logger()``) and from the standard library's loggers alike. JSON escapes line
breaks, terminal codes and direction marks, so nobody can write a line of their own into the log.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from plugin.clock import machine_now

HIDDEN = "[hidden]"

_SECRET_NAME = re.compile(
    r"secret|password|passwd|authorization|cookie|api_?key|private_?key|(^|[_.-])(token|jwt|iban|signature)$",
    re.IGNORECASE,
)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*")
_AUTHORIZATION = re.compile(r"\b(Bearer|JWT|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")
_QUERY_SECRET = re.compile(r"(?<=[?&])(jwt|token|code|state|signature|key)=[^&\s\"']+", re.IGNORECASE)
_CIPHERTEXT = re.compile(r"\bv1\.[A-Za-z0-9_-]{1,32}\.[A-Za-z0-9_=-]{20,}")
_DEPTH = 6


def configure_logs(level: str, *, stream: TextIO | None = None) -> None:
    """Sends this process's logs from ``level`` upwards to a stream, by default standard error; call it at the start."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        _timestamp,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide_secrets,
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: values under telling names, and telling values under any name, become ``[hidden]``."""
    return {key: HIDDEN if _SECRET_NAME.search(str(key)) else _hidden(value, _DEPTH) for key, value in event.items()}


def scrub(text: str) -> str:
    """A text without the tokens, passwords in URLs and ciphertexts that stand in it."""
    text = _JWT.sub(HIDDEN, text)
    text = _AUTHORIZATION.sub(rf"\1 {HIDDEN}", text)
    text = _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)
    text = _QUERY_SECRET.sub(rf"\1={HIDDEN}", text)
    return _CIPHERTEXT.sub(HIDDEN, text)


def _hidden(value: object, depth: int) -> object:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if depth == 0:
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            str(key): HIDDEN if _SECRET_NAME.search(str(key)) else _hidden(inner, depth - 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden(inner, depth - 1) for inner in value]
    return scrub(str(value))


def _timestamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["at"] = machine_now().isoformat(timespec="milliseconds")
    return event
