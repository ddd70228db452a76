"""What the API calls itself and its operations."""

from typing import Any

from fastapi.routing import APIRoute


def _name(route: APIRoute) -> str:
    return route.name


DESCRIPTION: dict[str, Any] = {
    "title": "Cinema AI",
    "version": "3.0.0",
    "summary": "An AI video director: footage in, finished cuts out",
    "generate_unique_id_function": _name,
}
