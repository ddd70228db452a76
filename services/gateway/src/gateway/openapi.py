"""`python -m gateway.openapi` prints the API's OpenAPI 3.1 document, the same every time."""

import json
from typing import Any

from fastapi import FastAPI

from gateway.routes import api_router
from gateway.version import DESCRIPTION

PROBLEM_TYPE = "application/problem+json"


def document() -> dict[str, Any]:
    app = FastAPI(**DESCRIPTION)
    app.include_router(api_router())
    return describe(app)


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the app's document; FastAPI would give problems the media type of good answers."""
    described = app.openapi()
    for operations in described["paths"].values():
        for operation in operations.values():
            problem = operation["responses"]["4XX"]
            (schema,) = problem["content"].values()
            problem["content"] = {PROBLEM_TYPE: schema}
    return described


def main() -> None:
    print(json.dumps(document(), indent=2, sort_keys=True, ensure_ascii=False))


if __name__ == "__main__":
    main()
