"""Every document that crosses a service: its golden example, its schema, and what may change."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.compatibility import breaking_changes
from contracts.generate import DOCUMENTS, EXAMPLES, RELEASED, SCHEMAS, generated, schema_of

NAMES = sorted(DOCUMENTS)


def read(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_example_is_what_is_written_and_read(name: str) -> None:
    example = read(EXAMPLES / f"{name}.json")
    Draft202012Validator(
        schema_of(name), format_checker=Draft202012Validator.FORMAT_CHECKER
    ).validate(example)
    written = DOCUMENTS[name].model_validate(example).model_dump(mode="json")
    assert_holds(written, example, name)


def assert_holds(written: Any, example: Any, place: str) -> None:
    """What is written may hold more than the example, for fields are added as time goes by."""
    if isinstance(example, dict):
        for key, value in example.items():
            assert key in written, f"{place}.{key}"
            assert_holds(written[key], value, f"{place}.{key}")
    elif isinstance(example, list):
        assert len(written) == len(example), place
        for number, (left, right) in enumerate(zip(written, example, strict=True)):
            assert_holds(left, right, f"{place}[{number}]")
    else:
        assert written == example, place


def test_nothing_else_lies_among_the_examples_and_schemas() -> None:
    for folder in (EXAMPLES, SCHEMAS, RELEASED):
        assert sorted(path.stem for path in folder.glob("*.json")) == NAMES


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_what_is_generated_is_committed(path: Path) -> None:
    assert path.read_text() == generated()[path], "run `python -m contracts.generate`"


@pytest.mark.parametrize("name", NAMES)
def test_no_change_breaks_a_reader(name: str) -> None:
    assert breaking_changes(read(RELEASED / f"{name}.json"), schema_of(name)) == []
