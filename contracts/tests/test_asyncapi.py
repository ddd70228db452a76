"""The AsyncAPI document: whole, consistent, and about every topic."""

from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from jsonschema import Draft7Validator

from contracts.asyncapi import document
from contracts.events import EVENTS
from contracts.topics import SERVICES, TOPICS

DOCUMENT = document()


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["$ref"]] if "$ref" in node else []
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_the_table_has_every_event_once() -> None:
    assert [topic.event for topic in TOPICS] == list(EVENTS.values())


def test_every_topic_has_its_dead_letters() -> None:
    expected = {name for topic in EVENTS for name in (topic, f"{topic}.dlq")}
    assert set(DOCUMENT["channels"]) == expected
    assert all(channel["address"] == name for name, channel in DOCUMENT["channels"].items())


@pytest.mark.parametrize("reference", sorted(set(references(DOCUMENT))))
def test_every_reference_leads_somewhere(reference: str) -> None:
    assert reference.startswith("#/")
    steps = reference.removeprefix("#/").split("/")
    assert reduce(lambda node, step: node[step], steps, DOCUMENT)


@pytest.mark.parametrize("name", sorted(DOCUMENT["components"]["schemas"]))
def test_schemas_are_valid(name: str) -> None:
    Draft7Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_every_service_is_told_something_and_tells_something() -> None:
    by_action = {
        action: {
            operation["tags"][0]["name"]
            for operation in DOCUMENT["operations"].values()
            if operation["action"] == action
        }
        for action in ("send", "receive")
    }
    assert by_action == {"send": set(SERVICES), "receive": set(SERVICES)}


def test_an_operation_speaks_only_of_its_channels_messages() -> None:
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(ref["$ref"].startswith(f"{channel}/") for ref in operation["messages"])
