"""What `/metrics` and `/healthz` tell operators, under the names that their Fabric dashboards know."""

import contextlib
import json
import urllib.request

import pytest

from network_node import NetworkNode


@pytest.fixture(scope="module")
def network(tmp_path_factory, messages):
    network = NetworkNode(tmp_path_factory.mktemp("network")).start()
    yield network
    assert network.node.stop() == 0


def metrics(network):
    """Values by name with labels, as Prometheus would read them."""
    text = urllib.request.urlopen(network.node.address + "/metrics", timeout=30).read().decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def rose(before, after, name):
    return after[name] - before.get(name, 0)


def test_a_transaction_shows_in_the_figures(network):
    before = metrics(network)
    with contextlib.closing(network.client()) as client:
        client.submit("keyvalue", "put", b"colour", b"blue")
    after = metrics(network)

    peers = ["peer0.org1.example.com", "peer0.org2.example.com"]
    orderer = "orderer.example.com"
    for peer in peers:
        of_channel = '{node="%s",channel="mychannel"}' % peer
        assert rose(before, after, "ledger_blockchain_height" + of_channel) >= 0
        assert after["ledger_block_processing_time_count" + of_channel] >= 1
        assert after["ledger_blockstorage_and_pvtdata_commit_time_sum" + of_channel] > 0
    # The peer that was asked has committed it; it has counted what it endorsed.
    assert rose(
        before, after, 'ledger_transaction_count{node="%s",channel="mychannel",validation_code="VALID"}' % peers[0]) == 1
    assert rose(before, after, 'endorser_successful_proposals{node="%s"}' % peers[0]) == 1
    assert rose(before, after, 'endorser_proposal_duration_count{node="%s",success="true"}' % peers[0]) == 1
    assert rose(
        before, after, 'broadcast_processed_count{node="%s",channel="mychannel",status="SUCCESS"}' % orderer) == 1
    assert rose(
        before, after,
        'grpc_server_unary_requests_completed{node="%s",service="gateway_Gateway",method="Submit",code="OK"}' % peers[0]) == 1
    assert rose(before, after, 'grpc_comm_conn_opened{node="%s"}' % peers[0]) == 1
    assert after['consensus_etcdraft_is_leader{node="%s",channel="mychannel"}' % orderer] == 1


def test_a_refused_call_is_counted_by_its_code(network):
    name = 'grpc_server_unary_requests_completed{node="peer0.org1.example.com",service="gateway_Gateway",method="Evaluate",code="%s"}'
    before = metrics(network)
    with contextlib.closing(network.client()) as client:
        with pytest.raises(Exception):
            client.evaluate("nothing-of-this-name", "get", b"colour")
    after = metrics(network)
    refusals = sum(
        rose(before, after, key) for key in after if key.startswith(name.split("code=")[0]) and 'code="OK"' not in key)
    assert refusals == 1


def test_health_is_told_as_by_fabrics_operations_service(network):
    answer = json.load(urllib.request.urlopen(network.node.address + "/healthz", timeout=30))
    assert answer["status"] == "OK"
    assert set(answer) == {"status", "time"}
