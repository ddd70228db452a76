"""`python -m gateway.openapi` prints the API's OpenAPI 3.1 document, the same every time."""

import json
from typing import Any

from fastapi import FastAPI

from gateway.routes import api_router
from gateway.version import DESCRIPTION


def document() -> dict[str, Any]:
    app = FastAPI(**DESCRIPTION)
    app.include_router(api_router())
    return app.openapi()


def main() -> None:
    print(json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False))


if __name__ == "__main__":
    main()
