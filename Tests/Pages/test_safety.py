"""Other people's pages stay outside, and nothing of the network's secrets comes out."""

import http.client
import pathlib
import re

PAGES = pathlib.Path(__file__).parents[2] / "Examples/Marbles/Server/Pages"


def ask(site, method, path, headers, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    connection.putrequest(method, path, skip_host=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def test_a_name_pointed_at_this_machine_is_not_served(site):
    assert ask(site, "GET", "/", {"Host": f"evil.example:{site.port}"})[0] == 403
    assert ask(site, "GET", "/", {"Host": f"127.0.0.1.evil.example:{site.port}"})[0] == 403
    for host in ["", "localhost.", "localhost:80@evil.example", "[::1].evil.example", "localhost:x", "[::1", "0.0.0.0"]:
        assert ask(site, "GET", "/", {"Host": host})[0] == 403, host
    assert ask(site, "GET", "/", {"Host": f"[::1]:{site.port}"})[0] == 200
    assert ask(site, "GET", "/", {"Host": f"localhost:{site.port}"})[0] == 200
    assert ask(site, "GET", "/", {"Host": f"127.0.0.1:{site.port}"})[0] == 200


def test_a_page_of_somebody_else_cannot_act(site):
    host = {"Host": f"localhost:{site.port}"}
    json = {"Content-Type": "application/json"}
    for headers in [
        {**host, **json, "Origin": "http://evil.example"},
        {**host, **json, "Origin": "null"},
        {**host, **json, "Origin": f"http://localhost:{site.port + 1}"},
        {**host, **json, "Sec-Fetch-Site": "cross-site"},
    ]:
        assert ask(site, "POST", "/api/actions", headers, b"{}")[0] == 403, headers
    # A form of another site can send text, but not JSON.
    assert ask(site, "POST", "/api/actions", {**host, "Content-Type": "text/plain"}, b"{}")[0] == 415
    assert ask(site, "GET", "/api/stream", {**host, "Origin": "http://evil.example"})[0] == 403


def test_every_answer_carries_a_strict_policy(site):
    for path in ["", "app.js", "nothing", "api/nothing"]:
        _, headers, _ = site.get(path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_only_the_pages_files_are_served(site):
    for path in ["../Package.swift", "%2e%2e/Package.swift", "/etc/passwd", ".git/config", "style", "Pages/index.html"]:
        assert site.get(path)[0] == 404, path


def test_no_page_asks_anybody_else_for_anything():
    for file in PAGES.rglob("*"):
        if file.is_file():
            outside = [
                address for address in re.findall(r"https?://[\w./-]+", file.read_text()) if "www.w3.org" not in address]
            assert outside == [], file


def test_no_secret_is_told(site, node):
    folder = pathlib.Path(node.log).parent / "data"
    keys = [file.read_text() for file in folder.rglob("*_sk")] + [file.read_text() for file in folder.rglob("*.key")]
    assert keys
    secret = re.search(r'"secret"\s*:\s*"([^"]+)"', (folder / "access-keys.json").read_text())[1]
    blocks = site.state()["blocks"]
    texts = [site.get(f"api/blocks/{blocks[-1]['number']}")[2].decode(), str(site.state()), site.get("")[2].decode()]
    for text in texts:
        assert secret not in text
        assert "PRIVATE KEY" not in text
        assert not any(key.splitlines()[1] in text for key in keys)


def test_what_is_sent_is_bounded(site):
    host = {"Host": f"localhost:{site.port}", "Content-Type": "application/json"}
    assert ask(site, "POST", "/api/actions", host, b" " * (200 * 1024))[0] == 413
    assert ask(site, "POST", "/api/actions", host, b"[" * 50_000)[0] == 400
    assert ask(site, "DELETE", "/", host)[0] == 405


def test_pages_are_small(site):
    import gzip

    total = sum(len(gzip.compress(file.read_bytes())) for file in PAGES.rglob("*") if file.is_file())
    assert total < 100_000


def test_streams_of_one_client_are_bounded_and_room_comes_again(site):
    connections, statuses = [], []
    try:
        for _ in range(140):
            connection = http.client.HTTPConnection("127.0.0.1", site.port)
            connection.request("GET", "/api/stream", headers={"Host": f"localhost:{site.port}"})
            connections.append(connection)
            statuses.append(connection.getresponse().status)
        assert statuses.count(200) <= 100
        assert set(statuses[-20:]) == {503}
        # Everything else is answered as ever.
        assert site.get("api/health")[0] == 200
    finally:
        for connection in connections:
            connection.close()
    for _ in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", site.port)
        connection.request("GET", "/api/stream", headers={"Host": f"localhost:{site.port}"})
        status = connection.getresponse().status
        connection.close()
        if status == 200:
            return
    raise AssertionError("no room came again")


def test_addresses_that_make_no_sense_are_answered_calmly(site):
    host = {"Host": f"localhost:{site.port}"}
    for path, status in [
        ("/api/past/99999999", 404), ("/api/past/-1", 400), ("/api/past/18446744073709551616", 400),
        ("/api/blocks/99999999999999999999999", 400), ("/api/blocks/18446744073709551615", 404),
        ("/api/blocks?before=x", 200), ("/api/transactions/zz", 400), ("/api/marbles/%00/history", 200),
        ("/api/stream/x", 404), ("/api/runs?query=" + "x" * 9000, 200), ("/api/presence", 404),
    ]:
        answer, body = ask(site, "GET", path, host)
        assert answer in (status, 404 if status == 400 else status), (path, answer, body[:200])
    json = {**host, "Content-Type": "application/json"}
    assert ask(site, "POST", "/api/presence", json, b'{"page":"nobody","actor":"<b>"}') == (200, b'{"isKnown":false}')
    assert ask(site, "POST", "/api/presence", json, b"[]")[0] == 400


def test_who_claims_to_act_as_nobody_is_not_told_to_others(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.port)
    connection.request(
        "GET", "/api/stream?page=abc&actor=%3Cimg%20src%3Dx%3E", headers={"Host": f"localhost:{site.port}"})
    stream = connection.getresponse()
    name = None
    for line in stream:
        if line.startswith(b"event: "):
            name = line[7:].strip()
        elif line.startswith(b"data: ") and name == b"presence":
            assert b"img" not in line
            break
    connection.close()
