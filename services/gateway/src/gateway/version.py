"""What the API calls itself."""

from typing import Any

DESCRIPTION: dict[str, Any] = {
    "title": "Cinema AI",
    "version": "3.0.0",
    "summary": "An AI video director: footage in, finished cuts out",
}
