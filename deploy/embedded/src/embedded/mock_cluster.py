"""librdkafka's mock cluster by its C interface (rdkafka_mock.h), from the confluent-kafka wheel.

The Python client can start one too, but cannot set the group rebalance delay: each new consumer
group would wait 3 s before its first message.
"""

import ctypes

from confluent_kafka import cimpl

_PRODUCER = 0
_REBALANCE_DELAY_MS = 0


class MockCluster:
    """One broker on a free loopback port, for as long as the process lives."""

    def __init__(self) -> None:
        library = ctypes.CDLL(cimpl.__file__)  # finds librdkafka among its dependencies
        library.rd_kafka_new.restype = ctypes.c_void_p
        library.rd_kafka_mock_cluster_new.restype = ctypes.c_void_p
        library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
        error = ctypes.create_string_buffer(512)
        client = library.rd_kafka_new(_PRODUCER, None, error, ctypes.c_size_t(len(error)))
        if client is None:
            raise RuntimeError(f"librdkafka: {error.value.decode()}")
        self._client = ctypes.c_void_p(client)
        cluster = library.rd_kafka_mock_cluster_new(self._client, 1)
        if cluster is None:
            raise RuntimeError("librdkafka could not open a mock cluster")
        self._cluster = ctypes.c_void_p(cluster)
        library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, _REBALANCE_DELAY_MS)
        bootstraps: bytes = library.rd_kafka_mock_cluster_bootstraps(self._cluster)
        self.address = bootstraps.decode()
