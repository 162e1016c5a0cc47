"""What is told reaches a collector, as OTLP over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from telling import Scripted, building, call, wants

from plugwright_telemetry.watching import Telemetry

pytest.importorskip("opentelemetry.exporter.otlp.proto.http")

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)


class Collector(ThreadingHTTPServer):
    """Takes what is sent to it, on this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken: dict[str, bytes] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.server.taken[self.path] = self.rfile.read(size)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *about: object) -> None:
        pass


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Collector() as collector:
        thread = Thread(target=collector.serve_forever)
        thread.start()
        yield collector
        collector.shutdown()
        thread.join()


def test_a_collector_gets_spans_and_measurements(collector: Collector):
    def half(number: int) -> float:
        """Halve a number."""
        return number / 2

    tracers = TracerProvider()
    spans = OTLPSpanExporter(endpoint=f"{collector.url}/v1/traces")
    tracers.add_span_processor(BatchSpanProcessor(spans))
    metrics = OTLPMetricExporter(endpoint=f"{collector.url}/v1/metrics")
    meters = MeterProvider([PeriodicExportingMetricReader(metrics)])
    telemetry = Telemetry(content=True, tracer_provider=tracers, meter_provider=meters)
    model = Scripted(wants(call("half", number=7)), "3.5 — ½ of it")
    building(model, telemetry).tools(half).build().run("half of 7?")
    tracers.shutdown()
    meters.shutdown()

    traces = ExportTraceServiceRequest.FromString(collector.taken["/v1/traces"])
    [scope] = traces.resource_spans[0].scope_spans
    assert (scope.scope.name, scope.schema_url) == (
        *("plugwright_telemetry", "https://opentelemetry.io/schemas/1.41.1"),
    )
    assert sorted(span.name for span in scope.spans) == [
        "chat gpt-5-mini",
        "chat gpt-5-mini",
        "execute_tool half",
        "invoke_agent tutor",
    ]
    run = scope.spans[-1]
    assert {span.parent_span_id for span in scope.spans} == {b"", run.span_id}
    said = {each.key: each.value.string_value for each in run.attributes}
    assert "3.5 — ½ of it" in said["gen_ai.output.messages"]

    taken = ExportMetricsServiceRequest.FromString(collector.taken["/v1/metrics"])
    [measured] = taken.resource_metrics[0].scope_metrics
    assert {metric.name for metric in measured.metrics} == {
        "gen_ai.client.operation.duration",
        "gen_ai.client.token.usage",
    }
