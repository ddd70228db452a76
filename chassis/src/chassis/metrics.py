"""Prometheus metrics of one service, in a registry of its own."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from chassis.errors import Problem
from chassis.objects import ObjectStore

LONG = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)


class Metrics:
    """What every service counts; a service adds its own to `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter(
            "events_total",
            "Events by topic and outcome: handled, refused (to the dlq) or failed (tried again)",
            ["topic", "outcome"],
            registry=self.registry,
        )
        self.event_seconds = Histogram(
            "event_seconds", "Time in the handler", ["topic"], registry=self.registry
        )
        self.work = Histogram(
            "work_seconds",
            "Attempts at work by kind and outcome: done, refused, failed or stopped",
            ["kind", "outcome"],
            buckets=LONG,
            registry=self.registry,
        )
        self.running = Gauge(
            "work_running", "Work in progress here", ["kind"], registry=self.registry
        )
        self.dead = Counter(
            "work_dead_total", "Work given up for good", ["kind"], registry=self.registry
        )
        self.queue = Gauge(
            "work_rows", "Work in the table", ["kind", "state"], registry=self.registry
        )
        self.relay_rows = Gauge(
            "relay_lag_rows", "Events not published yet", registry=self.registry
        )
        self.relay_seconds = Gauge(
            "relay_lag_seconds", "Age of the oldest of them", registry=self.registry
        )
        self.requests = Histogram(
            "http_request_seconds",
            "Requests by route",
            ["method", "route", "status"],
            registry=self.registry,
        )

    def render(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self.registry)

    def watch_store(self, store: ObjectStore) -> None:
        """Count the bytes that go in and out of the object store."""
        self.registry.register(_StoreTraffic(store))

    def forget_database(self) -> None:
        """Show no number rather than an old one."""
        self.queue.clear()
        self.relay_rows.set(math.nan)
        self.relay_seconds.set(math.nan)

    @contextmanager
    def handling(self, topic: str) -> Iterator[None]:
        """Measure one delivery of an event."""
        began = perf_counter()
        outcome = "failed"
        try:
            yield
            outcome = "handled"
        except Problem:
            outcome = "refused"
            raise
        finally:
            self.events.labels(topic, outcome).inc()
            self.event_seconds.labels(topic).observe(perf_counter() - began)

    @contextmanager
    def working(self, kind: str) -> Iterator[None]:
        """Measure one attempt at a piece of work."""
        began = perf_counter()
        outcome = "stopped"
        self.running.labels(kind).inc()
        try:
            yield
            outcome = "done"
        except Problem:
            outcome = "refused"
            raise
        except Exception:
            outcome = "failed"
            raise
        finally:
            self.running.labels(kind).dec()
            self.work.labels(kind, outcome).observe(perf_counter() - began)


class _StoreTraffic(Collector):
    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def collect(self) -> Iterator[CounterMetricFamily]:
        moved = CounterMetricFamily(
            "object_store_bytes",
            "Bytes put into and read from the object store",
            labels=["direction"],
        )
        moved.add_metric(["in"], self._store.traffic.bytes_in)
        moved.add_metric(["out"], self._store.traffic.bytes_out)
        yield moved
