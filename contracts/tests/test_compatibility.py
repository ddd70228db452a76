"""Changes that break a reader, and changes that do not."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from contracts.compatibility import breaking_changes


class Upload(BaseModel):
    kind: Literal["upload"] = "upload"
    key: str


class Url(BaseModel):
    kind: Literal["url"] = "url"
    url: str


Either = Annotated[Upload | Url, Field(discriminator="kind")]

Fields = dict[str, tuple[object, object]]

BEFORE: Fields = {
    "id": (str, ...),
    "note": (str | None, None),
    "state": (Literal["done", "failed"], ...),
    "percent": (Annotated[int, Field(ge=0, le=100)], 0),
    "source": (Either, ...),
    "parts": (tuple[Upload, ...], ()),
}


def changes(**changed: tuple[object, object] | None) -> list[str]:
    after = {name: field for name, field in {**BEFORE, **changed}.items() if field is not None}
    return breaking_changes(schema(BEFORE), schema(after))


def schema(fields: Fields) -> dict[str, object]:
    return create_model("Told", **fields).model_json_schema()  # type: ignore[call-overload, no-any-return]


class UploadWithSize(Upload):
    size: int


class UploadWithNote(Upload):
    note: str = ""


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"id": None}, ".id: the field is gone"),
        ({"note": None}, ".note: the field is gone"),
        ({"new": (int, ...)}, ".new: the field is required now"),
        ({"note": (str | None, ...)}, ".note: the field is required now"),
        ({"id": (str, "")}, ".id: the field may be missing now"),
        ({"id": (int, ...)}, ".id: its type was string and is integer"),
        ({"state": (Literal["done"], ...)}, ".state: fewer values are allowed"),
        ({"id": (Literal["a"], ...)}, ".id: fewer values are allowed"),
        (
            {"percent": (Annotated[int, Field(ge=0, le=50)], 0)},
            ".percent: maximum was 100 and is 50",
        ),
        ({"id": (Annotated[str, Field(min_length=1)], ...)}, ".id: minLength was None and is 1"),
        ({"note": (str, "")}, ".note: null is not read any more"),
        ({"source": (Upload, ...)}, ".source: Url is not read any more"),
        ({"parts": (tuple[UploadWithSize, ...], ())}, ".parts[].size: the field is required now"),
    ],
)
def test_what_breaks_a_reader(
    changed: dict[str, tuple[object, object] | None], sentence: str
) -> None:
    assert changes(**changed) == [sentence]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"new": (int, 0)},
        {"state": (Literal["done", "failed", "canceled"], ...)},
        {"percent": (Annotated[int, Field(ge=0)], 0)},
        {"percent": (Annotated[float, Field(ge=0, le=100)], 0)},
        {"id": (str | None, ...)},
        {"parts": (tuple[UploadWithNote, ...], ())},
    ],
)
def test_what_does_not(changed: dict[str, tuple[object, object]]) -> None:
    assert changes(**changed) == []
