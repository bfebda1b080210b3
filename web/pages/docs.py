"""The interface's description at ``/docs``: Swagger UI from files that are installed here, nothing from outside."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from assistant import messages

router = APIRouter(include_in_schema=False)
_ASSETS = "/docs-assets"


def mount(app: FastAPI) -> None:
    """Serve Swagger UI's files, which the package fastapi-offline carries."""
    app.mount(_ASSETS, StaticFiles(directory=str(files("fastapi_offline") / "static")))


@router.get("/docs")
def docs() -> HTMLResponse:
    """Show every endpoint, and let it be tried."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=messages.API_TITLE,
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url="/page-assets/favicon.svg",
    )
