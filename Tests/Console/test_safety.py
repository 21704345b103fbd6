"""What strangers try: other sites' pages, other names, other machines, more than their share."""

import socket

import pytest
import requests
from playwright.sync_api import expect

from console_node import ConsoleNode


def ask(node, path, **headers):
    return requests.get(node.address + path, headers={name.replace("_", "-"): value for name, value in headers.items()}, timeout=60)


def test_pages_under_other_names_reach_nothing(console_node):
    # A name that a stranger's page made lead here.
    for path in ["/", "/app.js", "/api/network", "/api/session", "/metrics", "/healthz"]:
        assert ask(console_node, path, Host="rebound.example.com").status_code == 421, path


@pytest.mark.parametrize("headers", [
    {"Origin": "https://stranger.example.com"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"}, {"X_Forwarded_For": "203.0.113.7"}, {"Via": "1.1 proxy"},
])
def test_other_sites_and_proxies_act_for_nobody(console_node, headers):
    assert ask(console_node, "/api/keys", **headers).status_code == 401
    answer = requests.post(
        console_node.address + "/api/channels/mychannel/contracts/keyvalue/submit", data="{}",
        headers={name.replace("_", "-"): value for name, value in headers.items()}, timeout=60)
    assert answer.status_code == 401
    assert "access-control-allow-origin" not in answer.headers


def test_answers_show_and_run_nothing(console_node):
    for path in ["/api/network", "/api/nothing", "/api/openapi.json", "/api/channels/none/blocks"]:
        headers = ask(console_node, path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"


def test_no_answer_and_no_page_tells_a_secret(console_node):
    described = ask(console_node, "/api/openapi.json").json()["paths"]
    secret = console_node.key.split(".")[1]
    asked = 0
    for path, operations in described.items():
        if "get" not in operations or "text/event-stream" in str(operations["get"]["responses"]):
            continue
        path = path.replace("{channel}", "mychannel").replace("{service}", "shop").replace("{function}", "sell")
        text = ask(console_node, path).text
        assert secret not in text and "PRIVATE KEY" not in text, path
        asked += 1
    assert asked > 20


def test_a_client_has_so_many_streams_and_no_more(console_node):
    key = console_node.call("POST", "/api/keys", json={"role": "reader"}).json()
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=200))
    headers = {"Authorization": f"Bearer {key['id']}.{key['secret']}"}
    streams = []

    def follow():
        streams.append(session.get(
            console_node.address + "/api/channels/mychannel/events", headers=headers, stream=True, timeout=60))
        return streams[-1]

    try:
        for _ in range(100):
            assert follow().status_code == 200
        refused = follow()
        assert refused.status_code == 429 and refused.json()["error"]["code"] == "TooManyStreams"
        # Others are not hindered.
        with requests.get(console_node.address + "/api/channels/mychannel/events", stream=True, timeout=60) as other:
            assert other.status_code == 200
        # A place that is given back can be had again, once the node has seen that it was.
        streams[0].close()
        assert any(follow().status_code == 200 for _ in range(200))
    finally:
        for stream in streams:
            stream.close()
        console_node.call("DELETE", f"/api/keys/{key['id']}")


def test_addresses_that_are_none_lead_nowhere(console):
    for route in ["channels/%zz/blocks", "nothing/at/all", "channels/mychannel/blocks/%E0%A4%A"]:
        console.open(route).heading("Nothing here")


def own_address():
    """An address of this machine that is no loopback one; nil where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only chooses the address that it would send from.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return probe.getsockname()[0]


def test_from_other_machines_a_login_is_asked_for(open_console, tmp_path):
    address = own_address()
    if not address or address.startswith("127."):
        pytest.skip("this machine has no other address than loopback ones")
    node = ConsoleNode(tmp_path, "--no-network", "--listen", f"{address}:0", "--insecure", "--host-name", address)
    try:
        outside = next(found for found in node.addresses if address in found)
        assert requests.get(outside + "/api/session", timeout=60).status_code == 401
        assert requests.get(
            outside + "/api/session", headers={"Host": "localhost"}, timeout=60).status_code == 401
        console = open_console(outside)
        console.open()
        field = console.page.get_by_label("Access key")
        expect(field).to_be_visible(timeout=20_000)
        field.fill(node.key)
        console.page.get_by_role("button", name="Log in").click()
        console.heading("Overview")
        assert console.problems == []
    finally:
        assert node.end() == 0
