"""What operators of a network use: identities, settings in a file, channel participation, connection settings."""

import concurrent.futures
import hashlib
import json
import shlex

import pytest
import requests
from cryptography import x509

from certificates import self_signed
from duet_network import Network, run_duet
from duet_node import DuetNode

ATTRIBUTES = x509.ObjectIdentifier("1.2.3.4.5.6.7.8.1")


# Identities


def test_an_identity_bears_attributes_and_can_submit(network):
    node = network.node.address
    out, _ = run_duet(
        "identity", "create", "clerk", "--organization", "Org1MSP", "--attribute", "grade=3", "--attribute", "team=a=b",
        "--days", "2", "--node", node, "--output", "json")
    made = json.loads(out)
    certificate = x509.load_pem_x509_certificate(made["certificate"].encode())
    extension = certificate.extensions.get_extension_for_oid(ATTRIBUTES).value.value
    assert json.loads(extension) == {"attrs": {"grade": "3", "team": "a=b"}}
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 2
    client = network.client(user="clerk")
    assert client.submit("keyvalue", "put", "by", "clerk")[1] == 0
    client.close()
    out, _ = run_duet("identity", "list", "--organization", "Org1MSP", "--node", node)
    assert "grade=3, team=a=b" in out
    _, problem = run_duet("identity", "create", "clerk", "--organization", "Org1MSP", "--node", node, status=1)
    assert "has an identity \"clerk@org1.example.com\" already" in problem


def test_of_many_who_ask_for_a_name_one_gets_it(network):
    def create(n):
        return network.api(
            "POST", "/api/identities?organization=Org2MSP", json={"name": f"many{n % 2}", "role": "admin"}).status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(create, range(16)))
    assert sorted(statuses) == [200] * 2 + [409] * 14
    assert network.api("POST", "/api/identities?organization=Org9MSP", json={"name": "a"}).status_code == 404
    assert network.api("POST", "/api/identities?organization=Org2MSP", json={"name": "../a"}).status_code == 400


# Channel participation


@pytest.fixture
def admin(network):
    """A session with the orderer's admin port, by the certificate of its organisation's admin."""
    tls = network.orderer_folder / "users" / f"Admin@{network.description['ordererDomain']}" / "tls"
    session = requests.Session()
    # Else a bundle of authorities named in the environment would stand above the network's own.
    session.trust_env = False
    session.verify = str(network.orderer_authority)
    session.cert = (str(tls / "client.crt"), str(tls / "client.key"))
    session.base = f"https://localhost:{network.description['adminPort']}/participation/v1/channels"
    yield session
    session.close()


def test_operators_list_and_fetch_channels(network, admin):
    listed = admin.get(admin.base, timeout=30)
    assert listed.json() == {
        "systemChannel": None,
        "channels": [{"name": "mychannel", "url": "/participation/v1/channels/mychannel"}]}
    shown = admin.get(f"{admin.base}/mychannel", timeout=30).json()
    assert (shown["consensusRelation"], shown["status"]) == ("consenter", "active")
    assert shown["height"] >= 1
    assert admin.get(f"{admin.base}/nosuch", timeout=30).status_code == 404
    assert admin.delete(f"{admin.base}/nosuch", timeout=30).status_code == 404


def test_a_channel_is_joined_and_removed(network, admin):
    from fabric import common_pb2, configtx_pb2

    # The same channel under another name, as an operator makes one with configtxgen.
    block = common_pb2.Block.FromString((network.data / "genesis.block").read_bytes())
    envelope = common_pb2.Envelope.FromString(block.data.data[0])
    payload = common_pb2.Payload.FromString(envelope.payload)
    channel_header = common_pb2.ChannelHeader.FromString(payload.header.channel_header)
    channel_header.channel_id = "second"
    payload.header.channel_header = channel_header.SerializeToString()
    assert configtx_pb2.ConfigEnvelope.FromString(payload.data).config.sequence == 0
    envelope.payload = payload.SerializeToString()
    block.data.data[0] = envelope.SerializeToString()
    block.header.data_hash = hashlib.sha256(block.data.data[0]).digest()

    def join():
        return admin.post(admin.base, files={"config-block": ("second.block", block.SerializeToString())}, timeout=30)

    joined = join()
    assert joined.status_code == 201, joined.text
    assert joined.json()["name"] == "second"
    assert join().status_code == 405
    assert len(admin.get(admin.base, timeout=30).json()["channels"]) == 2
    assert admin.delete(f"{admin.base}/second", timeout=30).status_code == 204
    assert len(admin.get(admin.base, timeout=30).json()["channels"]) == 1
    assert admin.post(admin.base, files={"config-block": ("x", b"nonsense")}, timeout=30).status_code == 400


def test_nobody_gets_to_the_admin_port_without_a_certificate_of_the_orderers(network, admin):
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(admin.base, verify=admin.verify, timeout=30)
    tls = network.organization_folder() / "users" / "Admin@org1.example.com" / "tls"
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(
            admin.base, verify=admin.verify, cert=(str(tls / "client.crt"), str(tls / "client.key")), timeout=30)
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(admin.base.replace("https", "http"), timeout=30)


# Connection settings


def test_connection_settings_lead_to_the_network(network):
    node = network.node.address
    out, _ = run_duet("network", "env", "--node", node, "--organization", "Org2MSP", "--user", "User1")
    variables = dict(
        shlex.split(line)[1].split("=", 1) for line in out.splitlines() if not line.startswith("export FABRIC_CFG_PATH"))
    assert variables["CORE_PEER_LOCALMSPID"] == "Org2MSP"
    assert variables["CORE_PEER_ADDRESS"] == network.peer_address(1)
    assert variables["CORE_PEER_MSPCONFIGPATH"].endswith("users/User1@org2.example.com/msp")
    with open(variables["CORE_PEER_TLS_ROOTCERT_FILE"], "rb") as file:
        assert file.read() == network.peer_authority(1)
    with open(variables["ORDERER_CA"], "rb") as file:
        assert file.read() == network.orderer_authority.read_bytes()

    out, _ = run_duet("network", "profile", "--node", node, "--organization", "Org1MSP")
    profile = json.loads(out)
    assert profile == json.loads((network.data / "connections" / "Org1MSP.json").read_text())
    peer = profile["peers"]["peer0.org1.example.com"]
    assert peer["url"] == f"grpcs://{network.peer_address(0)}"
    assert peer["tlsCACerts"]["pem"].encode() == network.peer_authority(0)
    assert profile["channels"]["mychannel"]["orderers"] == ["orderer.example.com"]
    run_duet("network", "env", "--node", node, "--user", "nobody", status=1)
    assert network.api("GET", "/api/network/connection?organization=Org9MSP").status_code == 404
    assert network.api("GET", "/api/network/connection?style=other").status_code == 400


# Settings in a file


def test_a_written_file_says_nothing_and_shows_every_default(tmp_path):
    run_duet("config", "init", folder=tmp_path)
    text = (tmp_path / "duet.yaml").read_text()
    assert "are good" in run_duet("config", "check", folder=tmp_path)[0]
    _, problem = run_duet("config", "init", folder=tmp_path, status=64)
    assert "--yes" in problem
    shown = json.loads(run_duet("config", "show", "--output", "json", folder=tmp_path)[0])
    assert {row["from"] for row in shown} == {"default"}
    # With every comment mark taken away it is a file of settings, and they are the defaults.
    def uncommented(line):
        # One space behind the mark: something is explained.
        return line[1:] if line.startswith("#") and (line.startswith("#  ") or not line.startswith("# ")) else line

    lines = [uncommented(line) for line in text.splitlines()]
    lines = [line for line in lines if not line.startswith(("tls:", "  certificate:", "  key:"))]
    (tmp_path / "duet.yaml").write_text("\n".join(lines))
    run_duet("config", "check", folder=tmp_path)
    written = json.loads(run_duet("config", "show", "--output", "json", folder=tmp_path)[0])
    defaults = {row["setting"]: row["value"] for row in shown}
    found = {row["setting"]: row["value"] for row in written}
    for setting, value in defaults.items():
        # One number for every listener says less than the two defaults.
        if setting not in ("network.contracts", "data", "limits.connections"):
            assert found[setting] == value, setting
    assert (defaults["limits.connections"], found["limits.connections"]) == ("2048, of HTTP 1024", "2048")
    assert {row["from"] for row in written} == {"duet.yaml"}


def test_all_problems_are_told_together(tmp_path):
    (tmp_path / "bad.yaml").write_text(
        "listen: [nowhere]\n"
        "netwrok: {}\n"
        "network:\n"
        "  peers: 99\n"
        "  batch: {timeout: soon}\n"
        "  contracts: [nosuch, {name: keyvalue, policy: 'AND('}]\n"
        "tls: {certificate: absent.crt, key: absent.key}\n")
    _, problems = run_duet("up", "--config", "bad.yaml", "--log-level", "loud", folder=tmp_path, status=78)
    for part in [
        'line 1: listen is "nowhere"', 'line 2: netwrok: this key is not known here. Did you mean "network"?',
        'line 4: network.peers is "99"', "--log-level", 'batch.timeout is "soon"', '"nosuch"', '"keyvalue" cannot be read',
        "absent.crt",
    ]:
        assert part in problems, part
    assert not (tmp_path / ".duet").exists()
    assert "no file" in run_duet("up", "--config", "absent.yaml", folder=tmp_path, status=66)[1]


def test_a_certificate_in_the_file_makes_the_listener_speak_tls(tmp_path):
    certificate, _ = self_signed(tmp_path)
    (tmp_path / "duet.yaml").write_text(
        "network: {enabled: false}\ntls: {certificate: server.crt, key: server.key}\n")
    node = DuetNode(tmp_path, "--config", str(tmp_path / "duet.yaml")).start()
    try:
        assert node.address.startswith("https://127.0.0.1:")
        session = requests.Session()
        session.trust_env = False
        assert session.get(node.address + "/healthz", verify=str(certificate), timeout=30).status_code == 200
        with pytest.raises(requests.exceptions.RequestException):
            session.get(node.address.replace("https", "http") + "/healthz", timeout=30)
    finally:
        assert node.stop() == 0


def test_a_file_founds_a_network_that_later_starts_open(tmp_path, messages):
    (tmp_path / "duet.yaml").write_text(
        "network:\n"
        "  channel: trade\n"
        "  organizations:\n"
        "    - {name: Buyer, domain: buyer.example}\n"
        "    - {name: Seller, domain: seller.example, peers: 2}\n"
        "  orderer: {organization: Harbor, domain: harbor.example, port: 0}\n"
        "  batch: {timeout: 1s, maxMessageCount: 20}\n"
        "  contracts:\n"
        "    - {name: keyvalue, policy: \"OR('Buyer.peer','Seller.peer')\"}\n")
    network = Network(tmp_path, "--config", str(tmp_path / "duet.yaml"))
    client = network.client()
    assert client.submit("keyvalue", "put", "a", "1")[1] == 0
    client.close()
    channel = network.api("GET", "/api/channels/trade").json()
    assert channel["organizations"] == ["Buyer", "Seller"]
    assert channel["ordering"]["maxMessageCount"] == 20
    assert [len(found["peerPorts"]) for found in network.description["organizations"]] == [1, 2]
    assert network.node.stop() == 0

    # A start that says less opens what is there; one that says something else is refused with both values.
    data = str(tmp_path / "data")
    port = str(network.description["ordererPort"])
    _, problems = run_duet(
        "config", "check", "--data", data, "--channel", "other", "--peers", "3", folder="/", status=78)
    assert '"trade", and "other" is asked for' in problems
    assert 'number of peers of Buyer "1", and "3"' in problems
    run_duet("config", "check", "--data", data, "--port", port, folder="/")
    run_duet("config", "check", "--data", data, "--port", "0", folder="/")
    again = Network(tmp_path, "--port", port)
    client = again.client()
    assert client.evaluate("keyvalue", "get", "a") == b"1"
    client.close()
    assert again.node.stop() == 0


def test_starting_over_names_what_goes(tmp_path, messages):
    first = Network(tmp_path)
    assert first.node.stop() == 0
    network = Network(tmp_path, "--fresh", "--port", "0", "--org", "OnlyMSP")
    try:
        named = (tmp_path / "node.log").read_text()
        for name in ["network.json", "genesis.block", "organizations", "orderer", "peers", "connections"]:
            assert f"{network.data}/{name}\n" in named
        assert [found["name"] for found in network.description["organizations"]] == ["OnlyMSP"]
    finally:
        assert network.node.stop() == 0


# Starts that cannot be


@pytest.mark.parametrize("options, told", [
    (["--no-tls", "--bind", "0.0.0.0"], "can be reached from other machines"),
    (["--no-tls", "--mutual-tls"], "nobody can show a certificate"),
    (["--bind", "192.0.2.1"], "cannot listen on 192.0.2.1"),
    (["--organization", "Org7MSP"], "is not of the network"),
])
def test_nothing_is_deleted_for_a_start_that_cannot_be(tmp_path, options, told):
    network = Network(tmp_path)
    try:
        key = (network.organization_folder() / "ca").iterdir()
        kept = {path: path.read_bytes() for path in key}
        assert network.node.stop() == 0
        _, problem = run_duet(
            "up", "--data", network.data, "--listen", "127.0.0.1:0", "--port", "0", "--fresh", *options, status=78)
        assert told in problem and "Deleting" not in problem
        assert {path: path.read_bytes() for path in kept} == kept
        (network.data / "network.json").unlink()
        _, problem = run_duet("up", "--data", network.data, "--listen", "127.0.0.1:0", status=78)
        assert "network.json\" is missing" in problem
        assert {path: path.read_bytes() for path in kept} == kept
    finally:
        network.node.end()
