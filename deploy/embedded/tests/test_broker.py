"""The broker ends with its owner, and another one is empty and elsewhere."""

import signal
import subprocess
from collections.abc import Callable

from confluent_kafka.admin import AdminClient

from embedded.broker import Broker

Eventually = Callable[[Callable[[], bool]], None]


def topics(address: str) -> dict[str, int]:
    found = AdminClient({"bootstrap.servers": address}).list_topics(timeout=5).topics
    return {name: len(topic.partitions) for name, topic in found.items()}


def test_topics_are_made_on_first_use_with_four_partitions(kafka_bootstrap: str) -> None:
    AdminClient({"bootstrap.servers": kafka_bootstrap}).list_topics("asset.ingested", timeout=5)
    assert topics(kafka_bootstrap) == {"asset.ingested": 4}


def test_another_broker_is_empty_and_elsewhere(
    kafka_broker: Broker, kill_9: Callable[[int], None], eventually: Eventually
) -> None:
    first = kafka_broker.address
    AdminClient({"bootstrap.servers": first}).list_topics("asset.ingested", timeout=5)
    assert kafka_broker.process is not None
    kill_9(kafka_broker.process.pid)
    eventually(lambda: not kafka_broker.is_running())
    assert kafka_broker.start() != first
    assert topics(kafka_broker.address) == {}


def test_a_stopped_broker_leaves_no_address(kafka_broker: Broker) -> None:
    assert kafka_broker.address_file.read_text() == kafka_broker.address
    kafka_broker.stop()
    assert not kafka_broker.address_file.exists()


def test_a_killed_owner_takes_the_broker_with_it(
    owner: Callable[[str], subprocess.Popen[str]],
    is_gone: Callable[[int], bool],
    eventually: Eventually,
) -> None:
    process = owner(
        "from pathlib import Path\n"
        "from embedded.broker import Broker\n"
        "broker = Broker(Path('kafka'))\n"
        "broker.start()\n"
        "print(broker.process.pid)\n"
    )
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    eventually(lambda: is_gone(pid))
