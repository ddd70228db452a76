"""Runs the servers and the services, and keeps them running until it is told to stop.

Everything it starts dies with the thread that calls `run`, even by kill -9; the next supervisor
on the same home goes on from what was committed.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence

import psutil

from cinema.system.environment import service_environment
from cinema.system.home import Home, ServiceState, State
from cinema.system.keeper import Keeper
from cinema.system.service import Service, ServiceSpec
from embedded.broker import Broker
from embedded.files import exclusive
from embedded.postgres import Postgres

_TICK = 0.1
_GRACE = 10.0

Say = Callable[[str], None]


class Supervisor:
    """The first of `specs` is the one that users talk to: its address is the system's."""

    def __init__(self, home: Home, specs: Sequence[ServiceSpec], *, say: Say) -> None:
        self.home = home
        self.postgres = Postgres(home.root / "postgres", log=home.log("postgres"))
        self.broker = Broker(home.root / "run", log=home.log("broker"))
        self.services = [self._service(spec) for spec in specs]
        self._say = say
        self._servers = [
            Keeper("postgres", self.postgres, say),
            Keeper("broker", self.broker, say),
        ]
        self._keepers = [Keeper(each.name, each, say) for each in self.services]
        self._wiring: tuple[str, str] | None = None
        self._state: State | None = None
        self._started = psutil.Process().create_time()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.services[0].port}"

    def run(self, stopped: threading.Event) -> None:
        """Returns when `stopped` is set and everything has ended. Raises `LockedError` if another
        supervisor has this home."""
        with exclusive(self.home.lock):
            try:
                while not stopped.is_set():
                    self._tick()
                    stopped.wait(_TICK)
            finally:
                self._stop()

    def _tick(self) -> None:
        for keeper in self._servers:
            keeper.tick()
        if self.postgres.is_running() and self.broker.is_running():
            self._rewire()
            for keeper in self._keepers:
                keeper.tick()
        self._report()

    def _rewire(self) -> None:
        """A new broker has a new address: the services are started again with it."""
        wiring = (self.broker.address, self.postgres.address)
        if self._wiring not in (None, wiring):
            self._say("the broker or the database has a new address: restarting the services")
            self._stop_services()
            for keeper in self._keepers:
                keeper.expect_end()
        self._wiring = wiring

    def _report(self) -> None:
        """Writes the state for other commands when it has changed, and says when all is ready."""
        for service in self.services:
            service.check_ready()
        ready = all(service.ready for service in self.services)
        state = State(os.getpid(), self._started, self.url, ready, self._service_states())
        if state == self._state:
            return
        if ready and not (self._state and self._state.ready):
            self._say(f"ready: {self.url}")
        self._state = state
        self.home.write_state(state)

    def _service_states(self) -> dict[str, ServiceState]:
        return {
            service.name: ServiceState(
                pid=service.process.pid if service.process else None,
                port=service.port,
                ready=service.ready,
                restarts=max(keeper.restarts, 0),
            )
            for service, keeper in zip(self.services, self._keepers, strict=True)
        }

    def _stop(self) -> None:
        self.home.state_file.unlink(missing_ok=True)
        self._stop_services()
        self.broker.stop()
        self.postgres.stop()

    def _stop_services(self) -> None:
        """All at the same time, within one grace period."""
        for service in self.services:
            service.ask_to_stop()
        end = time.monotonic() + _GRACE
        for service in self.services:
            service.stop(grace=max(end - time.monotonic(), 0))

    def _service(self, spec: ServiceSpec) -> Service:
        return Service(
            spec,
            log=self.home.log(spec.name),
            port_file=self.home.port_file(spec.name),
            environment=self._environment,
        )

    def _environment(self, spec: ServiceSpec, port: int) -> dict[str, str]:
        return service_environment(
            self.home,
            port=port,
            database_url=self.postgres.ensure_database(spec.name),
            kafka_bootstrap=self.broker.address,
            public_url=self.url,
        )
