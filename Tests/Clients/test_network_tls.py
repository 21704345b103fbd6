"""A network that serves only callers who show a certificate of one of its organisations."""

import hashlib
import os
import subprocess

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from gateway_client import generate_messages
from network_node import NetworkNode

BAD_REQUEST = 400


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    generate_messages(tmp_path_factory.mktemp("messages"))
    network = NetworkNode(tmp_path_factory.mktemp("network"), "--mutual-tls").start()
    yield network
    assert network.node.stop() == 0


def tls_identity(network, organization, user):
    """The key and certificate of a user for TLS, and what requests for blocks name of it."""
    domain = network.description["organizations"][organization]["domain"]
    folder = network.organization_folder(organization) / "users" / f"{user}@{domain}" / "tls"
    certificate = (folder / "client.crt").read_bytes()
    encoded = x509.load_pem_x509_certificate(certificate).public_bytes(serialization.Encoding.DER)
    return ((folder / "client.key").read_bytes(), certificate), hashlib.sha256(encoded).digest()


def test_serves_whoever_belongs_to_the_network(network):
    # Of the other organisation, which is as good.
    client = network.client(0, tls_identity=tls_identity(network, 1, "User1")[0])
    assert client.submit("keyvalue", "put", "a", "1")[1] == 0
    assert client.evaluate("keyvalue", "get", "a") == b"1"
    client.close()


def test_turns_away_who_shows_no_certificate(network):
    client = network.client()
    with pytest.raises(grpc.RpcError) as refused:
        client.evaluate("keyvalue", "get", "a", timeout=20)
    assert refused.value.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    client.close()


@pytest.mark.parametrize("service", ["/protos.Deliver/Deliver", "/orderer.AtomicBroadcast/Deliver"])
def test_requests_for_blocks_name_the_certificate_of_their_connection(network, service):
    shown, own_hash = tls_identity(network, 0, "User1")
    _, other_hash = tls_identity(network, 0, "Admin")
    client = network.client(tls_identity=shown)
    connection = client.connection
    if service.startswith("/orderer"):
        connection = network.orderer_connection(shown)
    answer = client.first_delivered(connection, service, client.seek(0, 0, own_hash))
    assert answer.block.header.number == 0 and answer.WhichOneof("Type") == "block"
    for wrong in (other_hash, b""):
        assert client.first_delivered(connection, service, client.seek(0, 0, wrong)).status == BAD_REQUEST
    client.close()
    connection.close()


def test_the_command_shows_the_certificate_of_its_caller(network):
    def contract(*arguments):
        return subprocess.run(
            [os.environ.get("DUET_PROGRAM", ".build/debug/duet"), "contract", *arguments,
             "--data", str(network.data)],
            capture_output=True, text=True, timeout=120, check=False)

    told = contract("invoke", "keyvalue", "put", "b", "2")
    assert told.returncode == 0, told.stderr
    folder = network.organization_folder(0) / "users" / "Admin@org1.example.com" / "tls"
    named = contract(
        "query", "keyvalue", "get", "b", "--tls-cert", str(folder / "client.crt"), "--tls-key", str(folder / "client.key"))
    assert (named.returncode, named.stdout.strip()) == (0, "2"), named.stderr
    half = contract("query", "keyvalue", "get", "b", "--tls-cert", str(folder / "client.crt"))
    assert half.returncode != 0 and "give both" in half.stderr
