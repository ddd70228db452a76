import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis import telemetry
from chassis.http_observed import ObservedRequests
from chassis.metrics import Metrics

LOGGING = """
import logging, structlog
from chassis.logs import bind, configure_logs
from chassis.telemetry import configure_telemetry, tracer
configure_logs("tester")
configure_telemetry("tester", None)
with bind(job_id="j1"), tracer.start_as_current_span("s"):
    structlog.get_logger("ours").info("cut", clips=3)
    logging.getLogger("theirs").warning("old %s", "style")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger().exception("failed")
"""

EXPORTING = """
import sys
from chassis.telemetry import configure_telemetry, tracer
provider = configure_telemetry("tester", sys.argv[1])
with tracer.start_as_current_span("exported"):
    pass
provider.shutdown()
"""


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    return exporter


def trace_id(span: ReadableSpan) -> int:
    assert span.context is not None
    return int(span.context.trace_id)


def test_producer_and_consumer_join_one_trace(spans: InMemorySpanExporter) -> None:
    with telemetry.tracer.start_as_current_span("produce"):
        headers = telemetry.trace_headers()
    assert set(headers) == {"traceparent"}
    with telemetry.continued("consume", headers):
        pass
    produced, consumed = spans.get_finished_spans()
    assert trace_id(produced) == trace_id(consumed)
    assert consumed.parent is not None
    assert produced.context is not None
    assert consumed.parent.span_id == produced.context.span_id
    assert consumed.kind is trace.SpanKind.CONSUMER


async def test_a_request_joins_its_callers_trace_and_is_measured(
    spans: InMemorySpanExporter,
) -> None:
    app = FastAPI()
    metrics = Metrics()
    app.add_middleware(ObservedRequests, metrics=metrics)

    @app.get("/jobs/{job}")
    async def job(job: str) -> str:
        return job

    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        await client.get("/jobs/7", headers={"traceparent": caller})
        await client.get("/nowhere")
    known, unknown = spans.get_finished_spans()
    assert (known.name, unknown.name) == ("GET /jobs/{job}", "GET unknown")
    assert f"{trace_id(known):x}" == "af7651916cd43dd8448eb211c80319c"
    text = metrics.render().decode()
    assert 'http_request_seconds_count{method="GET",route="/jobs/{job}",status="200"} 1.0' in text


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """An address that takes what is posted to it, and what that was."""
    posted: list[tuple[str, bytes]] = []

    class Collect(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Collect) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}", posted
        server.shutdown()


def test_spans_reach_the_collector(collector: tuple[str, list[tuple[str, bytes]]]) -> None:
    address, posted = collector
    subprocess.run([sys.executable, "-c", EXPORTING, address], check=True, timeout=30)
    ((path, body),) = posted
    assert path == "/v1/traces"
    assert b"tester" in body or body[:2] == b"\x1f\x8b"


def test_every_line_is_json_and_says_where_it_belongs() -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOGGING], capture_output=True, text=True, check=True, timeout=30
    )
    ours, theirs, failed = map(json.loads, run.stdout.splitlines())
    assert (ours["event"], ours["clips"], ours["level"]) == ("cut", 3, "info")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (
        "old style",
        "warning",
        "theirs",
    )
    for line in (ours, theirs):
        assert (line["service"], line["job_id"]) == ("tester", "j1")
        assert len(line["trace_id"]) == 32
        assert line["timestamp"].endswith("Z")
    assert "ZeroDivisionError" in failed["exception"]
    assert "job_id" not in failed
