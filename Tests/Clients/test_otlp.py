"""Spans as an OpenTelemetry collector gets them: over HTTP, read with OpenTelemetry's own messages."""

import http.server
import json
import threading

import pytest
import requests
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest, ExportTraceServiceResponse)

from function_client import eventually
from test_traces import World, messages  # noqa: F401: the messages are made once for each module

CLIENT_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CLIENT = f"00-{CLIENT_TRACE}-00f067aa0ba902b7-01"


class Collector:
    """Takes spans, but for the requests that `answers` turns away first."""

    def __init__(self, answers=()):
        self.spans = []
        self.requests = []
        self.answers = list(answers)
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                if collector.answers:
                    status, headers = collector.answers.pop(0)
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("content-length", "0")
                    return self.end_headers()
                message = ExportTraceServiceRequest()
                if self.headers["content-type"] == "application/x-protobuf":
                    message.ParseFromString(body)
                    answer = ExportTraceServiceResponse().SerializeToString()
                else:
                    # OTLP's JSON has ids as hexadecimal digits, where protobuf's has base64.
                    document = json.loads(body)
                    collector.to_base64(document)
                    json_format.ParseDict(document, message)
                    answer = b"{}"
                collector.take(message)
                self.send_response(200)
                self.send_header("content-type", self.headers["content-type"])
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    @staticmethod
    def to_base64(value):
        import base64

        if isinstance(value, dict):
            for name, member in value.items():
                if name in ("traceId", "spanId", "parentSpanId"):
                    value[name] = base64.b64encode(bytes.fromhex(member)).decode()
                else:
                    Collector.to_base64(member)
        elif isinstance(value, list):
            for member in value:
                Collector.to_base64(member)

    def take(self, message):
        for resource in message.resource_spans:
            owner = {a.key: a.value.string_value for a in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    # The node's own first transactions define its contracts.
                    if not span.name.startswith("_lifecycle."):
                        self.spans.append((owner, scope.scope.name, span))

    def named(self, name):
        return [span for _, _, span in self.spans if span.name == name]

    def end(self):
        self.server.shutdown()
        self.server.server_close()


def attributes(span):
    return {
        a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}


@pytest.fixture(params=["protobuf", "json"])
def exported(request, tmp_path):
    # The first request is put off, the second one refused for a moment.
    collector = Collector([(503, {"Retry-After": "1"}), (429, {})])
    settings = tmp_path / "duet.yaml"
    settings.write_text(json.dumps({"tracing": {
        "endpoint": collector.address, "protocol": request.param, "headers": ["X-Key: secret"],
        "serviceName": "our-node"}}))
    world = World(tmp_path, "--config", str(settings))
    yield world, collector, request.param
    world.end()
    collector.end()


def test_one_tree_of_spans_reaches_the_collector(exported):
    world, collector, encoding = exported
    transaction, _, block = world.gateway.submit("keyvalue", "put", "order-1", "5")
    trace = world.whole_trace(transaction)

    wanted = [
        "keyvalue.put", "check limits", "rewards/rule", "trigger on-order", "rewards/award", "submit keyvalue",
        "trigger on-bonus", "rewards/note", "cold start"]
    # Twice each where it happens twice: the order, the bonus and the note are transactions, `award` runs twice.
    counts = {"keyvalue.put": 3, "check limits": 3, "rewards/award": 2, "trigger on-order": 2, "submit keyvalue": 2}
    assert eventually(
        lambda: all(len(collector.named(name)) >= counts.get(name, 1) for name in wanted), seconds=60), (
        [span.name for _, _, span in collector.spans])

    for owner, scope, span in collector.spans:
        assert span.trace_id.hex() == trace["traceId"] == transaction[:32]
        assert len(span.span_id) == 8 and span.start_time_unix_nano <= span.end_time_unix_nano
        assert owner["service.name"] == "our-node" and owner["service.instance.id"] and scope == "duet"
        assert owner["duet.organization"] == "Org1MSP" and owner["duet.network"] == "mychannel"
    by_id = {span.span_id: span for _, _, span in collector.spans}
    assert len(by_id) == len(collector.spans)
    roots = [span for span in by_id.values() if span.parent_span_id not in by_id]
    # Every span hangs below the transaction that the client sent.
    assert [attributes(root)["duet.transaction.id"] for root in roots] == [transaction]
    assert roots[0].parent_span_id == b"" and attributes(roots[0])["duet.block"] == str(block)

    def path(span):
        names = []
        while span:
            names.insert(0, span.name)
            span = by_id.get(span.parent_span_id)
        return names

    [note] = collector.named("rewards/note")
    assert path(note) == ["keyvalue.put", "submit keyvalue", "trigger on-bonus", "rewards/note"]
    assert path(collector.named("rewards/rule")[0])[-2:] == ["check limits", "rewards/rule"]
    failed = [span for span in collector.named("rewards/award") if span.status.code == 2]
    assert len(failed) == 1 and "not yet" in failed[0].status.message
    facts = attributes(note)
    assert facts["faas.invocation_id"] and facts["duet.trigger"] == "on-bonus" and facts["duet.run_us"] > 0
    for path_, headers in collector.requests:
        assert path_ == "/v1/traces" and headers["x-key"] == "secret"
        assert headers["content-type"] == "application/" + {"protobuf": "x-protobuf", "json": "json"}[encoding]

    metrics = requests.get(world.node.address + "/metrics").text
    assert 'duet_spans_dropped_total{reason="overflow"} 0' in metrics
    assert "duet_span_requests_failed_total 2" in metrics


def test_a_clients_trace_goes_on_through_everything(exported):
    world, collector, _ = exported
    answer = requests.post(
        f"{world.node.address}/api/channels/mychannel/contracts/keyvalue/submit",
        json={"function": "put", "arguments": ["order-2", "5"]}, headers={"traceparent": CLIENT})
    answer.raise_for_status()
    trace = world.whole_trace(answer.json()["transaction"])
    assert trace["traceparent"] == CLIENT
    written = trace["triggers"][0]["transactions"][0]["trace"]
    assert trace["traceId"] == written["traceId"] == CLIENT_TRACE
    assert trace["checks"][0]["invocation"]["traceId"] == CLIENT_TRACE
    assert eventually(lambda: collector.named("rewards/note"), seconds=60)
    for _, _, span in collector.spans:
        assert span.trace_id.hex() == CLIENT_TRACE
    assert {span.parent_span_id.hex() for span in collector.named("trigger on-order")} == {"00f067aa0ba902b7"}


def test_metadata_of_a_gateway_call_reaches_the_check(exported):
    world, collector, _ = exported
    from fabric import gateway_pb2

    transaction, proposal = world.gateway.propose("keyvalue", "put", "order-3", "no")
    request = gateway_pb2.EndorseRequest(
        transaction_id=transaction, channel_id="mychannel", proposed_transaction=proposal)
    import grpc

    for traceparent, expected in [(CLIENT, CLIENT_TRACE), (CLIENT.upper(), transaction[:32])]:
        with pytest.raises(grpc.RpcError):
            world.gateway.stub.Endorse(request, timeout=30, metadata=[("traceparent", traceparent)])
        assert eventually(
            lambda: [s for s in collector.named("rewards/rule") if s.trace_id.hex() == expected], seconds=60)


def test_an_invocation_over_http_goes_on_with_its_callers_trace(exported):
    world, collector, _ = exported
    address = f"{world.node.address}/2016-08-15/services/rewards/functions/rule/invocations"
    event = json.dumps({"args": ["a", "b"]})
    for traceparent in [CLIENT, "00-broken", CLIENT.replace("-01", "-00")]:
        requests.post(address, data=event, headers={"traceparent": traceparent}).raise_for_status()
    # What was broken begins a trace of its own; what is not sampled is not exported.
    assert eventually(lambda: len(collector.named("rewards/rule")) == 2, seconds=60)
    first, second = collector.named("rewards/rule")
    assert (first.trace_id.hex(), first.parent_span_id.hex()) == (CLIENT_TRACE, "00f067aa0ba902b7")
    assert second.trace_id.hex() != CLIENT_TRACE and second.parent_span_id == b""


def test_a_collector_that_is_gone_slows_nothing(tmp_path):
    collector = Collector()
    collector.end()
    world = World(tmp_path, "--otlp-endpoint", collector.address)
    try:
        transaction, code, _ = world.gateway.submit("keyvalue", "put", "order-1", "5")
        assert code == 0 and world.whole_trace(transaction)
        failed = lambda: "duet_span_requests_failed_total 0" not in requests.get(
            world.node.address + "/metrics").text
        assert eventually(failed, seconds=60)
    finally:
        world.end()
