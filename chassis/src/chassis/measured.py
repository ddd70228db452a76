"""Handlers and tasks wrapped once, at start-up, so that none has to measure itself."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from chassis.bus import Handlers
from chassis.database import Transaction
from chassis.errors import Problem
from chassis.metrics import Metrics
from chassis.work import Completion, OnDead, Run, Tasks, Work

Handler = Callable[[Any, Transaction], Awaitable[None]]


def measured_handlers(handlers: Handlers, metrics: Metrics) -> Handlers:
    """Return the same handlers, counted and timed by topic."""
    wrapped = Handlers()
    for topic, (event, handler) in handlers.by_topic.items():
        wrapped.by_topic[topic] = (event, _measured_handler(topic, handler, metrics))
    return wrapped


def measured_tasks(tasks: Tasks, metrics: Metrics) -> Tasks:
    """Return the same tasks, counted and timed by kind."""
    wrapped = Tasks()
    for kind, task in tasks.by_kind.items():
        wrapped.by_kind[kind] = replace(
            task,
            run=_measured_run(kind, task.run, metrics),
            dead=_measured_dead(kind, task.dead, metrics),
        )
    return wrapped


def _measured_handler(topic: str, handler: Handler, metrics: Metrics) -> Handler:
    async def handle(event: Any, tx: Transaction) -> None:
        with metrics.handling(topic):
            await handler(event, tx)

    return handle


def _measured_run(kind: str, run: Run, metrics: Metrics) -> Run:
    async def measured(work: Work) -> Completion:
        with metrics.working(kind):
            return await run(work)

    return measured


def _measured_dead(kind: str, dead: OnDead, metrics: Metrics) -> OnDead:
    async def measured(work: Work, problem: Problem, tx: Transaction) -> None:
        metrics.dead.labels(kind).inc()
        await dead(work, problem, tx)

    return measured
