"""What may be asked of a database."""

from typing import Any, Protocol, TypeVar, TypeVarTuple, overload

from sqlalchemy import Executable, Result, ScalarResult
from sqlalchemy.sql.selectable import TypedReturnsRows

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class ReadSession(Protocol):
    """Queries only. A transaction's session answers them too, so that one function serves both."""

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Ts], params: Any = None, /
    ) -> Result[*Ts]: ...
    @overload
    async def execute(
        self, statement: Executable, params: Any = None, /
    ) -> Result[*tuple[Any, ...]]: ...

    @overload
    async def scalars(
        self, statement: TypedReturnsRows[T], params: Any = None, /
    ) -> ScalarResult[T]: ...
    @overload
    async def scalars(self, statement: Executable, params: Any = None, /) -> ScalarResult[Any]: ...

    @overload
    async def scalar(self, statement: TypedReturnsRows[T], params: Any = None, /) -> T | None: ...
    @overload
    async def scalar(self, statement: Executable, params: Any = None, /) -> Any: ...

    async def get(self, entity: type[T], ident: Any, /) -> T | None: ...
