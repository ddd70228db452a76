"""The value types that every contract is made of."""

from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

Microseconds = Annotated[int, Field(ge=0, description="A time or duration in microseconds")]


def _to_fraction(value: Any) -> Fraction:
    try:
        return Fraction(value)
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise ValueError(f"not a rational number: {value!r}") from error


Rational = Annotated[
    Fraction,
    BeforeValidator(_to_fraction),
    PlainSerializer(lambda f: f"{f.numerator}/{f.denominator}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+/\d+$", "examples": ["30000/1001"]}),
]
"""An exact number, such as a frame rate; "30000/1001" in JSON."""


class Contract(BaseModel):
    """Immutable, and deaf to fields that a newer writer added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ProblemInfo(Contract):
    """Why something could not be done: a stable code for programs, a sentence for people."""

    code: str
    detail: str
