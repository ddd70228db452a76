"""Lists in pages, newest first: ids are UUIDv7, so that an id is a cursor."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from gateway.schemas.base import Identified, Meta, Page

Row = TypeVar("Row")
View = TypeVar("View", bound=Identified)


class Paging(BaseModel):
    limit: int = Query(50, ge=1, le=100)
    cursor: UUID | None = Query(None, description="`meta.nextCursor` of the page before")

    @property
    def fetch(self) -> int:
        """One more than wanted tells whether there is a further page."""
        return self.limit + 1


PageWanted = Annotated[Paging, Query()]


def page(rows: Sequence[Row], wanted: Paging, view: Callable[[Row], View]) -> Page[View]:
    """Make a page of up to `wanted.fetch` rows."""
    views = [view(row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return Page(data=views, meta=Meta(next_cursor=str(views[-1].id) if more else None))
