"""A Kafka-protocol broker in memory: the mock cluster that the confluent-kafka wheel carries.

A disposable transport. It lives in a process of its own, on a new port per instance; topics are
made on first use with four partitions. `python -m embedded.broker --address-file F` runs one.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from embedded.files import write_private
from embedded.mock_cluster import MockCluster
from embedded.processes import spawn, stop


class Broker:
    """A broker process that dies with the thread that started it."""

    def __init__(self, home: Path, *, log: Path | None = None) -> None:
        self.address_file = home / "broker.address"
        self.log = log or home / "broker.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self, *, deadline: float = 20) -> str:
        """Starts an empty broker; returns its host:port."""
        self.address_file.unlink(missing_ok=True)
        args: list[str | Path] = [
            sys.executable,
            "-m",
            "embedded.broker",
            "--address-file",
            self.address_file,
        ]
        self.process = spawn(args, log=self.log)
        end = time.monotonic() + deadline
        while not self.address_file.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"the broker did not start: see {self.log}")
            time.sleep(0.02)
        self.address = self.address_file.read_text()
        return self.address

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, grace=5)
            self.process = None

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def serve(address_file: Path) -> None:
    """Holds a broker open until SIGTERM, SIGINT or the end of the parent process."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    parent = os.getppid()
    cluster = MockCluster()
    write_private(address_file, cluster.address)
    while not ended.wait(0.5) and os.getppid() == parent:
        pass
    address_file.unlink(missing_ok=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address-file", type=Path, required=True)
    serve(parser.parse_args().address_file)
