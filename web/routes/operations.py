"""For whoever keeps the server running."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from web.deps import StateDep

router = APIRouter(tags=["operations"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process is alive."""
    return {"status": "alive"}


@router.get("/readyz")
def readyz(state: StateDep) -> dict[str, str]:
    """Say whether the index is open and the database answers; 503 with Retry-After until then."""
    assistant = state.assistant
    assistant.conversations.history("readiness-probe")
    return {"status": "ready"}


@router.get("/metrics", include_in_schema=False)
def metrics(state: StateDep) -> Response:
    """Return the counters in the Prometheus text format."""
    return Response(generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
