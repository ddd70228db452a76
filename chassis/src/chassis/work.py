"""Work that takes long: what it is, and who does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.database import Transaction
from chassis.errors import Problem


@dataclass(frozen=True)
class Work:
    """One attempt at a piece of work, counted from 1, held by the lease with this fence."""

    id: UUID
    kind: str
    key: str
    group: str
    payload: dict[str, Any]
    attempt: int
    max_attempts: int
    fence: int
    trace: dict[str, str]


Completion = Callable[[Transaction], Awaitable[None]]
Run = Callable[[Work], Awaitable[Completion]]
OnDead = Callable[[Work, Problem, Transaction], Awaitable[None]]
OnCanceled = Callable[[Work, Transaction], Awaitable[None]]


@dataclass(frozen=True)
class Task:
    run: Run
    dead: OnDead
    canceled: OnCanceled | None
    max_attempts: int


class Tasks:
    """Which function does which kind of work."""

    def __init__(self) -> None:
        self.by_kind: dict[str, Task] = {}

    def on(
        self,
        kind: str,
        *,
        dead: OnDead,
        canceled: OnCanceled | None = None,
        max_attempts: int = 5,
    ) -> Callable[[Run], Run]:
        """Register a function that does the work outside any transaction.

        What it returns runs in one transaction, which commits only while the lease holds; it may
        run more than once, should the database be away. Raising a Problem is final; anything
        else is tried again. `dead` and `canceled` are told in the transaction that records it.
        """

        def register(run: Run) -> Run:
            if kind in self.by_kind:
                raise ValueError(f"work of kind {kind!r} is registered twice")
            self.by_kind[kind] = Task(run, dead, canceled, max_attempts)
            return run

        return register
