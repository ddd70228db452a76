"""OpenTelemetry traces: one trace from the request through every service that works on it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

tracer = trace.get_tracer("chassis")


def configure_telemetry(service: str, otlp_endpoint: str | None) -> TracerProvider:
    """Set this process's tracer provider; its `shutdown` sends what is still held back.

    `otlp_endpoint` is an OTLP/HTTP collector's address, like `http://collector:4318`. Without one
    nothing is exported, but ids are still made, logged and handed on.
    """
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: service}), shutdown_on_exit=False
    )
    if otlp_endpoint:
        provider.add_span_processor(BatchSpanProcessor(_exporter(otlp_endpoint)))
    trace.set_tracer_provider(provider)
    return provider


def trace_headers() -> dict[str, str]:
    """Return the current trace as W3C headers (`traceparent`), to go with a message."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers


@contextmanager
def continued(
    name: str, headers: Mapping[str, str], kind: trace.SpanKind = trace.SpanKind.CONSUMER
) -> Iterator[trace.Span]:
    """Open a span in the trace that these headers of a message or request belong to."""
    context = propagate.extract(headers)
    with tracer.start_as_current_span(name, context=context, kind=kind) as span:
        yield span


def _exporter(otlp_endpoint: str) -> SpanExporter:
    # Imported here, because it takes a while to load.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces", timeout=2)
