"""The topics as an AsyncAPI 3.0 document."""

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from contracts.topics import TOPICS, Topic

Json = dict[str, Any]

INFO = {
    "title": "Cinema AI",
    "version": "1.0.0",
    "description": (
        "What the services tell each other over Kafka: CloudEvents 1.0 in binary mode (attributes"
        " in headers, JSON in the value). The key is the job's id, or the asset's for asset events;"
        " events of one key are handled in order. Consumers read from the earliest offset, and an"
        " event that comes twice is handled once, by its `ce_id`."
    ),
}

TEXT = {"type": "string"}
CLOUD_EVENT = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid"},
        "ce_type": TEXT | {"description": "The topic"},
        "ce_source": TEXT | {"description": "The service that tells it, e.g. /ingest"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": TEXT | {"description": "The key"},
        "content-type": {"const": "application/json"},
        "traceparent": TEXT | {"description": "W3C trace context"},
    },
}
DEAD_LETTER = {
    "type": "object",
    "description": "The headers as they were, and what went wrong",
    "required": ["dlq_service", "dlq_code", "dlq_detail"],
    "properties": {
        "dlq_service": TEXT | {"description": "Who could not handle it"},
        "dlq_code": TEXT | {"description": "Why, for programs"},
        "dlq_detail": TEXT | {"description": "Why, for people"},
        "dlq_topic": TEXT,
        "dlq_partition": TEXT,
        "dlq_offset": TEXT,
    },
}


def document() -> Json:
    return {
        "asyncapi": "3.0.0",
        "info": INFO,
        "defaultContentType": "application/json",
        "channels": dict(_channels()),
        "operations": dict(_operations()),
        "components": {
            "messages": {topic.event.__name__: _message(topic) for topic in TOPICS}
            | {"DeadLetter": _dead_letter()},
            "schemas": _schemas() | {"CloudEvent": CLOUD_EVENT, "DeadLetterHeaders": DEAD_LETTER},
        },
    }


def _channels() -> Iterator[tuple[str, Json]]:
    for topic in TOPICS:
        name = topic.event.__name__
        yield topic.name, _channel(topic.name, _summary(topic), name)
        explained = f"What could not be handled of {topic.name}, unchanged, and why."
        yield topic.dead_letters, _channel(topic.dead_letters, explained, "DeadLetter")


def _operations() -> Iterator[tuple[str, Json]]:
    for topic in TOPICS:
        name = topic.event.__name__
        for service in topic.senders:
            yield f"{service}.sends.{topic.name}", _operation("send", service, topic.name, name)
        for service in topic.receivers:
            yield (
                f"{service}.receives.{topic.name}",
                _operation("receive", service, topic.name, name),
            )
            yield (
                f"{service}.sends.{topic.dead_letters}",
                _operation("send", service, topic.dead_letters, "DeadLetter"),
            )


def _channel(address: str, description: str, message: str) -> Json:
    return {
        "address": address,
        "description": description,
        "messages": {message: _ref("components", "messages", message)},
    }


def _operation(action: str, service: str, channel: str, message: str) -> Json:
    return {
        "action": action,
        "channel": _ref("channels", channel),
        "messages": [_ref("channels", channel, "messages", message)],
        "tags": [{"name": service}],
    }


def _message(topic: Topic) -> Json:
    name = topic.event.__name__
    return {
        "name": topic.name,
        "title": name,
        "summary": _summary(topic),
        "contentType": "application/json",
        "headers": _ref("components", "schemas", "CloudEvent"),
        "payload": _ref("components", "schemas", name),
    }


def _dead_letter() -> Json:
    headers = [_ref("components", "schemas", name) for name in ("CloudEvent", "DeadLetterHeaders")]
    return {
        "name": "dead.letter",
        "title": "DeadLetter",
        "summary": "The body as it came, readable or not.",
        "headers": {"type": "object", "allOf": headers},
        "payload": {"description": "Any bytes"},
    }


def _schemas() -> Json:
    _, schema = models_json_schema(
        [(topic.event, "validation") for topic in TOPICS],
        ref_template="#/components/schemas/{model}",
    )
    schemas: Json = _plain(schema["$defs"])
    return schemas


def _plain(node: Any) -> Any:
    """Without OpenAPI's discriminator object: AsyncAPI's is the property's name alone."""
    if isinstance(node, dict):
        plain = {key: _plain(value) for key, value in node.items()}
        if isinstance(plain.get("discriminator"), dict):
            plain["discriminator"] = plain["discriminator"]["propertyName"]
        return plain
    if isinstance(node, list):
        return [_plain(item) for item in node]
    return node


def _summary(topic: Topic) -> str:
    return (topic.event.__doc__ or "").strip().splitlines()[0]


def _ref(*path: str) -> Json:
    return {"$ref": "#/" + "/".join(path)}
