"""`python -m contracts.generate`: writes the JSON Schemas and docs/asyncapi.json.

With `--release` the schemas also become the baseline that later ones must stay readable with.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from contracts.artifacts import Analysis
from contracts.asyncapi import document
from contracts.events import EVENTS
from contracts.timeline import Timeline

MEMBER = Path(__file__).parents[2]
SCHEMAS = MEMBER / "schemas"
RELEASED = SCHEMAS / "released"
EXAMPLES = MEMBER / "examples"
ASYNCAPI = MEMBER.parent / "docs" / "asyncapi.json"

DOCUMENTS: dict[str, type[BaseModel]] = {**EVENTS, "timeline": Timeline, "analysis": Analysis}
"""All that one service writes and another reads, by the name of its schema and its example."""


def schema_of(name: str) -> dict[str, Any]:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | DOCUMENTS[name].model_json_schema()


def generated() -> dict[Path, str]:
    """Every generated file with its text."""
    schemas = {SCHEMAS / f"{name}.json": as_text(schema_of(name)) for name in DOCUMENTS}
    return schemas | {ASYNCAPI: as_text(document())}


def released() -> dict[Path, str]:
    return {RELEASED / f"{name}.json": as_text(schema_of(name)) for name in DOCUMENTS}


def as_text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    files = generated() | (released() if "--release" in sys.argv else {})
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
