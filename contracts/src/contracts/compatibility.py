"""Would a changed schema break a reader? Compares JSON Schemas as Pydantic writes them.

Two readers must go on: the new one with what is already written (outboxes are replayed), and the
old one with what is written from now on (services are not replaced all at once). A new value of an
enumeration is let through: its readers are to be replaced before its writers.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

AT_LEAST = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems"})
AT_MOST = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems"})
EXACT = frozenset({"pattern", "format", "multipleOf"})
VALUES = frozenset({"enum", "const"})


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """One sentence for each, beginning with the place."""
    return list(_compare(old, new, "", (old, new)))


def _compare(old: Schema, new: Schema, place: str, roots: tuple[Schema, Schema]) -> Iterator[str]:
    olds, news = _variants(old, roots[0]), _variants(new, roots[1])
    if len(olds) == len(news) == 1:
        yield from _compare_one(olds[0], news[0], place, roots)
        return
    for variant in olds:
        if not any(_is_read_by(variant, other, place, roots) for other in news):
            yield f"{place or 'document'}: {_name(variant)} is not read any more"


def _is_read_by(old: Schema, new: Schema, place: str, roots: tuple[Schema, Schema]) -> bool:
    return next(_compare_one(old, new, place, roots), None) is None


def _compare_one(
    old: Schema, new: Schema, place: str, roots: tuple[Schema, Schema]
) -> Iterator[str]:
    yield from _compare_values(old, new, place or "document")
    yield from _compare_fields(old, new, place, roots)
    if "items" in old and "items" in new:
        yield from _compare(old["items"], new["items"], f"{place}[]", roots)


def _compare_fields(
    old: Schema, new: Schema, place: str, roots: tuple[Schema, Schema]
) -> Iterator[str]:
    olds, news = old.get("properties", {}), new.get("properties", {})
    for name in olds.keys() - news.keys():
        yield f"{place}.{name}: the field is gone"
    for name in set(new.get("required", ())) - set(old.get("required", ())):
        yield f"{place}.{name}: the field is required now"
    for name in set(old.get("required", ())) & news.keys() - set(new.get("required", ())):
        yield f"{place}.{name}: the field may be missing now"
    for name in olds.keys() & news.keys():
        yield from _compare(olds[name], news[name], f"{place}.{name}", roots)


def _compare_values(old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = old.get("type"), new.get("type")
    if after is not None and before != after and (before, after) != ("integer", "number"):
        yield f"{place}: its type was {before} and is {after}"
    if VALUES & new.keys() and not (VALUES & old.keys() and _values(old) <= _values(new)):
        yield f"{place}: fewer values are allowed"
    for rule in (AT_LEAST | AT_MOST | EXACT) & new.keys():
        if _is_tighter(rule, old.get(rule), new[rule]):
            yield f"{place}: {rule} was {old.get(rule)} and is {new[rule]}"


def _is_tighter(rule: str, before: Any, after: Any) -> bool:
    if before is None or rule in EXACT:
        return bool(before != after)
    return bool(after > before) if rule in AT_LEAST else bool(after < before)


def _variants(schema: Schema, root: Schema) -> list[Schema]:
    schema = _resolved(schema, root)
    found = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return [_resolved(variant, root) for variant in found]


def _resolved(schema: Schema, root: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    target: Schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return target


def _values(schema: Schema) -> set[Any]:
    return set(schema["enum"]) if "enum" in schema else {schema["const"]}


def _name(schema: Schema) -> str:
    return str(schema.get("title") or schema.get("type"))
