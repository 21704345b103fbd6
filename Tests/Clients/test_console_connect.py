"""`duet console --connect`: another network's channels in a mirror, as the explorer shows them."""

import json
import os
import signal
import subprocess
import time

import pytest
import requests

from duet_network import Network, run_duet


class Mirror:
    """A running mirror."""

    def __init__(self, folder, *arguments):
        program = os.path.abspath(os.environ.get("DUET_PROGRAM", ".build/debug/duet"))
        self.log = folder / "mirror.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [program, "console", "--data", str(folder / "data"), "--listen", "127.0.0.1:0", "--output", "json",
                 *arguments], stdout=subprocess.PIPE, stderr=log)
        report = ""
        for line in self.process.stdout:
            report += line.decode()
            if line.startswith(b"}"):
                break
        if not report:
            self.end()
            raise AssertionError("the mirror did not start: " + self.log.read_text())
        self.address = json.loads(report)["addresses"][0]

    def get(self, path):
        answer = requests.get(self.address + path, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        return status


@pytest.fixture(scope="module")
def followed(tmp_path_factory, messages):
    network = Network(tmp_path_factory.mktemp("followed"))
    yield network
    assert network.node.stop() == 0


@pytest.fixture
def mirrors():
    """Starts mirrors that are ended with the test."""
    running = []

    def start(*arguments):
        running.append(Mirror(*arguments))
        return running[-1]

    yield start
    for mirror in running:
        if mirror.process.poll() is None:
            mirror.end()


def options(network, organization=0, authority=None):
    found = network.description["organizations"][organization]
    folder = network.organization_folder(organization)
    return [
        "--connect", network.peer_address(0),
        "--tls-ca", str(authority or network.organization_folder(0) / "peers" / f"peer0.{network.description['organizations'][0]['domain']}" / "tls" / "ca.crt"),
        "--msp-folder", str(folder / "users" / f"User1@{found['domain']}" / "msp"), "--organization", found["name"]]


def wait_for(condition):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came to be so")


def height(mirror, channel):
    return mirror.get(f"/api/channels/{channel}")["height"]


def peer_height(network):
    return network.api("GET", f"/api/channels/{network.channel}").json()["height"]


def test_shows_what_the_network_shows(followed, mirrors, tmp_path):
    client = followed.client()
    for value in ["1", "2"]:
        assert client.submit("keyvalue", "put", "mirrored", value)[1] == 0
    mirror = mirrors(tmp_path, *options(followed))
    assert client.submit("keyvalue", "put", "later", "3")[1] == 0
    wait_for(lambda: height(mirror, followed.channel) >= peer_height(followed))
    base = f"/api/channels/{followed.channel}"
    for path in [
        f"{base}/blocks?limit=100&order=oldest", f"{base}/blocks/0", f"{base}/blocks/newest", f"{base}/transactions/1:0",
        f"{base}/definitions", f"{base}/state/keyvalue", f"{base}/state/_lifecycle", f"{base}/history/keyvalue?key=mirrored",
        base,
    ]:
        assert mirror.get(path) == followed.api("GET", path).json(), path
    told = mirror.get("/api/network")
    assert told["channels"] == [followed.channel]
    assert told["mirror"] == {"peer": followed.peer_address(0), "problems": []}
    metrics = requests.get(mirror.address + "/metrics", timeout=60).text
    assert f'ledger_blockchain_height{{node="mirror",channel="{followed.channel}"}}' in metrics
    # Nothing can be changed through it.
    assert requests.post(
        f"{mirror.address}{base}/contracts/keyvalue/submit", json={"function": "put", "arguments": ["a", "b"]},
        timeout=60).status_code == 404
    assert mirror.end() == 0


def test_goes_on_where_it_ended(followed, mirrors, tmp_path):
    first = mirrors(tmp_path, *options(followed))
    wait_for(lambda: height(first, followed.channel) >= peer_height(followed))
    # Killed, not ended.
    first.process.kill()
    first.process.wait()
    assert followed.client().submit("keyvalue", "put", "while-away", "1")[1] == 0
    second = mirrors(tmp_path, *options(followed))
    wait_for(lambda: height(second, followed.channel) >= peer_height(followed))
    keys = second.get(f"/api/channels/{followed.channel}/state/keyvalue?prefix=while-away")
    assert [item["key"] for item in keys] == ["while-away"]


def test_outlives_the_peer_and_finds_it_again(tmp_path, messages, mirrors):
    for name in ["network", "mirror"]:
        (tmp_path / name).mkdir()
    network = Network(tmp_path / "network")
    try:
        mirror = mirrors(tmp_path / "mirror", *options(network))
        wait_for(lambda: height(mirror, network.channel) >= peer_height(network))
        known = height(mirror, network.channel)
        assert network.node.stop() == 0
        # It says so, and shows what it has.
        problem = wait_for(lambda: mirror.get("/api/network")["mirror"]["problems"])[0]
        assert network.peer_address(0) in problem and "asked again" in problem
        assert requests.get(mirror.address + "/healthz", timeout=60).status_code == 503
        assert height(mirror, network.channel) == known
        # A mirror that starts meanwhile shows what is there, too.
        assert mirror.end() == 0
        alone = mirrors(tmp_path / "mirror", *options(network))
        assert height(alone, network.channel) == known
        assert "cannot be reached" in alone.get("/api/network")["mirror"]["problems"][0]
        network.node.start()
        assert network.client().submit("keyvalue", "put", "after", "1")[1] == 0
        wait_for(lambda: height(alone, network.channel) >= peer_height(network))
        assert wait_for(lambda: alone.get("/api/network")["mirror"]["problems"] == [])
    finally:
        network.node.end()


def test_refusals_say_what_to_do(followed, tmp_path):
    def refused(*arguments, status):
        return run_duet(
            "console", "--data", str(tmp_path / "refused"), "--listen", "127.0.0.1:0", *arguments, status=status)[1]

    # Another authority than that of the peer's certificate.
    text = refused(*options(followed, authority=followed.orderer_authority), status=69)
    assert "--tls-ca" in text and "not signed by the authority given" in text and ".build" not in text and "SSL" not in text
    # A member of the channel who is no member of the peer's organisation.
    text = refused(*options(followed, organization=1), status=77)
    assert "Org2MSP" in text and "--channel" in text
    # An organisation that the identity is none of.
    stranger = options(followed)
    stranger[stranger.index("--organization") + 1] = "OtherMSP"
    text = refused(*stranger, "--channel", followed.channel, status=77)
    assert "OtherMSP" in text and "--msp-folder" in text
    assert "no-such-channel" in refused(*options(followed), "--channel", "no-such-channel", status=1)
    nowhere = options(followed)
    nowhere[1] = "localhost:1"
    text = refused(*nowhere, status=69)
    assert "cannot be reached" in text and "--connect" in text and "--peer" not in text
    # A peer with TLS that is spoken to without.
    plain = options(followed)
    plain[plain.index("--tls-ca"):plain.index("--tls-ca") + 2] = ["--no-tls"]
    text = refused(*plain, status=69)
    assert "demands TLS" in text and "--tls-ca" in text
    # An MSP folder that is not there.
    lost = options(followed)
    lost[lost.index("--msp-folder") + 1] = str(tmp_path / "lost")
    text = refused(*lost, status=66)
    assert "lost" in text and "Error Domain" not in text
    assert not (tmp_path / "refused" / "mirror").exists()


def test_members_of_other_organisations_follow_channels_by_name(followed, mirrors, tmp_path):
    mirror = mirrors(tmp_path, *options(followed, organization=1), "--channel", followed.channel)
    wait_for(lambda: height(mirror, followed.channel) >= peer_height(followed))


@pytest.mark.parametrize("more", [[], ["--channel", "trade"]], ids=["same-name", "other-name"])
def test_two_networks_share_no_folder(followed, mirrors, tmp_path, messages, more):
    mirror = mirrors(tmp_path, *options(followed))
    assert mirror.end() == 0
    (tmp_path / "other").mkdir()
    other = Network(tmp_path / "other", "--port", "0", *more)
    try:
        text = run_duet(
            "console", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", *options(other), status=78)[1]
        assert "--data" in text and "another network" in text and f'"{followed.channel}"' in text
        assert [folder.name for folder in (tmp_path / "data" / "mirror").iterdir()] == [followed.channel]
    finally:
        other.node.end()
