"""Every error as ``application/problem+json``: a Chinese title for the person, what was found and wanted for the caller."""

from __future__ import annotations

import re
from collections.abc import Mapping

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant import messages
from assistant.errors import (
    AccessError,
    AssistantError,
    ChatModelError,
    ConflictError,
    ForbiddenError,
    IndexFailedError,
    IndexNotReadyError,
    NotFoundError,
    QueryError,
    RateLimitedError,
    SettingsError,
    StaleVersionError,
)
from web.channels import openai_shapes
from web.schemas import Problem

log = structlog.get_logger(__name__)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")

RETRY_AFTER_S = 5

# Most specific first: the first class that fits decides.
STATUS_OF: tuple[tuple[type[AssistantError], int, str], ...] = (
    (RateLimitedError, 429, messages.ERROR_RATE),
    (ForbiddenError, 403, messages.ERROR_ACCESS),
    (AccessError, 401, messages.ERROR_ACCESS),
    (QueryError, 422, messages.ERROR_FIELD),
    (NotFoundError, 404, messages.ERROR_NOT_FOUND),
    (StaleVersionError, 412, messages.ERROR_STALE),
    (ConflictError, 409, messages.ERROR_CONFLICT),
    (IndexFailedError, 503, messages.ERROR_INDEX_FAILED),
    (IndexNotReadyError, 503, messages.ERROR_LOADING),
    (ChatModelError, 503, messages.ERROR_LOADING),
    (SettingsError, 500, messages.ERROR_INTERNAL),
    (AssistantError, 500, messages.ERROR_INTERNAL),
)
_HTTP_TITLES = {
    400: messages.ERROR_MALFORMED,
    401: messages.ERROR_ACCESS,
    403: messages.ERROR_ACCESS,
    404: messages.ERROR_NOT_FOUND,
    405: messages.ERROR_METHOD,
    412: messages.ERROR_STALE,
    413: messages.ERROR_TOO_LARGE,
    415: messages.ERROR_MEDIA_TYPE,
    428: messages.ERROR_STALE,
    429: messages.ERROR_RATE,
}
UNEXPECTED = Problem(title=messages.ERROR_INTERNAL, status=500, detail="an unexpected error was logged")


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a problem response."""
    return _response(Problem(title=title, status=status, detail=detail, errors=errors), headers=headers)


def problem_body(error: AssistantError) -> Problem:
    """Return the problem that one of our errors is; an error that speaks Chinese says it to the person itself."""
    status, title = next((status, title) for kind, status, title in STATUS_OF if isinstance(error, kind))
    own = isinstance(error, QueryError) or _CHINESE.match(str(error))
    return Problem(title=str(error) if own else title, status=status, detail=str(error))


def install(app: FastAPI) -> None:
    """Map every error that a route may raise; nothing else ever leaves as an error."""
    app.add_exception_handler(AssistantError, _assistant_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


def _response(
    body: Problem, request: Request | None = None, *, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return ``body`` in the shape that the caller of this address expects."""
    if request is not None and request.url.path.startswith(openai_shapes.PREFIX):
        shaped = openai_shapes.error_of(body)
        return JSONResponse(shaped.model_dump(), openai_shapes.status_of(body), headers=headers)
    return JSONResponse(
        body.model_dump(exclude_none=True), body.status, media_type="application/problem+json", headers=headers
    )


async def _assistant_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AssistantError)  # the only class this handler is installed for
    body = problem_body(error)
    headers = None
    if isinstance(error, RateLimitedError):
        headers = {"Retry-After": str(error.retry_after_s)}
    elif body.status == 503:
        headers = {"Retry-After": str(RETRY_AFTER_S)}
    elif body.status == 401:
        headers = {"WWW-Authenticate": "Bearer"}
    return _response(body, request, headers=headers)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # the only class this handler is installed for
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        detail = "found a body that is not JSON, wanted a JSON object"
        return _response(Problem(title=messages.ERROR_MALFORMED, status=400, detail=detail), request)
    if any(each["loc"] == ("body",) and each["type"] != "missing" for each in found) and not _says_json(request):
        detail = f"found Content-Type {request.headers.get('content-type', 'missing')[:60]}, wanted application/json"
        return _response(Problem(title=messages.ERROR_MEDIA_TYPE, status=415, detail=detail), request)
    # The message and the place, never the input: it may hold personal data.
    errors = [{"field": ".".join(map(str, each["loc"])), "message": str(each["msg"])} for each in found]
    detail = "; ".join(f"{each['field']}: {each['message']}" for each in errors)
    title = messages.field_error([each["field"] for each in errors])
    return _response(Problem(title=title, status=422, detail=detail, errors=errors), request)


def _says_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # the only class this handler is installed for
    title = _HTTP_TITLES.get(error.status_code, messages.ERROR_INTERNAL)
    body = Problem(title=title, status=error.status_code, detail=str(error.detail))
    return _response(body, request, headers=dict(error.headers or {}) or None)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error", path=request.url.path, error=type(error).__name__, exc_info=error)
    return _response(UNEXPECTED, request)
