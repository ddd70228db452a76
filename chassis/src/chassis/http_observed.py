"""Every request as a span of the caller's trace and a measurement."""

from time import perf_counter

from opentelemetry.trace import SpanKind
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.metrics import Metrics
from chassis.telemetry import continued

UNKNOWN_ROUTE = "unknown"


class ObservedRequests:
    """ASGI middleware; it leaves bodies alone, so that streams stay streams."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(("/health", "/metrics")):
            await self._app(scope, receive, send)
            return
        await self._observe(scope, receive, send)

    async def _observe(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500

        async def watching_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = perf_counter()
        method = scope["method"]
        with continued(method, dict(Headers(scope=scope)), SpanKind.SERVER) as span:
            try:
                await self._app(scope, receive, watching_send)
            finally:
                route = getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                self._metrics.requests.labels(method, route, status).observe(perf_counter() - began)
