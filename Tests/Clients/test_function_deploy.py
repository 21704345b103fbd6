"""The command line's `deploy` and its kin, and the requests that `fun deploy` sends."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import subprocess
import time
from email.utils import formatdate

import pytest
import requests

from function_client import archive, encoded, eventually, unique

EXAMPLE = pathlib.Path(__file__).parent.parent / "Fixtures" / "marblesFC"


class Program:
    """The built `duet` against one node."""

    def __init__(self, node):
        self.environment = dict(os.environ, DUET_NODE=node.address, HOME=str(node.folder))
        self.environment.pop("DUET_ACCESS_KEY", None)
        self.path = os.path.abspath(os.environ.get("DUET_PROGRAM", ".build/debug/duet"))

    def run(self, *arguments, status=0, folder=None, **variables):
        done = subprocess.run(
            [self.path] + [str(a) for a in arguments], env=dict(self.environment, **variables), cwd=folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
        self.errors = done.stderr.decode()
        return done.stdout.decode()

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--output", "json", **options))


@pytest.fixture
def duet(own_node):
    return Program(own_node)


def project(folder, function="work", code="def handler(event, context):\n    return event\n", properties="", events=""):
    """A project with one Python function, in a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "index.py").write_text(code)
    (folder / "template.yml").write_text(
        "ROSTemplateFormatVersion: '2015-09-01'\n"
        "Transform: 'Aliyun::Serverless-2018-04-03'\n"
        "Resources:\n"
        "  shop:\n"
        "    Type: 'Aliyun::Serverless::Service'\n"
        "    %s:\n"
        "      Type: 'Aliyun::Serverless::Function'\n"
        "      Properties:\n"
        "        Handler: index.handler\n"
        "        Runtime: python3\n"
        "        CodeUri: ./\n"
        "%s%s" % (function, properties, events))
    return folder


class TestExample:
    def test_as_it_is(self, own_node, duet):
        duet.run("deploy", folder=EXAMPLE)
        assert '"nodejs8" is retired' in duet.errors
        url = own_node.address + "/2016-08-15/proxy/marblesFC/processEvent/?type=create"
        answer = requests.get(url)
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
        told = answer.json()
        assert told["queries"] == {"type": "create"} and told["method"] == "GET" and told["path"] == "/"
        assert told["clientIP"] == "127.0.0.1"
        posted = requests.post(url, data=b"marble").json()
        assert bytes(posted["body"]["data"]) == b"marble"
        assert requests.delete(url).status_code == 405

        def line():
            entries = requests.get(
                own_node.address + "/api/logs/projects/test-log-project/stores/test-log-store/entries",
                params={"query": "serviceName: marblesFC and functionName: processEvent and create"}).json()["entries"]
            return [e for e in entries if '{"type":"create"}' in e["fields"]["message"]]

        found = eventually(line)
        assert len(found[0]["fields"]["requestId"]) == 32
        store = requests.get(own_node.address + "/api/logs/projects/test-log-project/stores/test-log-store").json()
        assert store["ttlDays"] == 10 and store["shardCount"] == 1

        again = duet.json("deploy", EXAMPLE)
        assert again["isUnchanged"] and {c["action"] for c in again["changes"]} == {"unchanged"}
        assert "processEvent" in duet.run("function", "list") and "/processEvent/" in duet.run("trigger", "list")
        kept = duet.run("remove", EXAMPLE)
        assert "repeat the command with --yes" in kept and requests.get(url).status_code == 200
        duet.run("remove", EXAMPLE, "--yes")
        assert requests.get(url).status_code == 404


class TestDeploy:
    def test_dry_run(self, duet, own_node, tmp_path):
        folder = project(tmp_path / "p")
        plan = duet.json("deploy", folder, "--dry-run")
        assert [c["action"] for c in plan["changes"]] == ["create", "create"]
        assert requests.get(own_node.address + "/api/functions").json() == []

    def test_update(self, duet, tmp_path):
        folder = project(tmp_path / "p")
        duet.run("deploy", folder)
        project(folder, properties="        Timeout: 9\n", code="def handler(event, context):\n    return 'new'\n")
        changes = {c["kind"]: c for c in duet.json("deploy", folder)["changes"]}
        assert changes["function"]["action"] == "update" and "timeout: 3 → 9" in changes["function"]["details"]
        assert changes["service"]["action"] == "unchanged"
        assert duet.run("function", "invoke", "shop/work", "--event", "x") == "new\n"

    def test_organizations(self, duet, own_node, tmp_path):
        folder = project(tmp_path / "p")
        duet.run("deploy", folder, "--organization", "Org1MSP,Org2MSP")
        for name in ("Org1MSP", "Org2MSP"):
            listed = duet.json("function", "list", "--organization", name)
            assert [f["organization"] for f in listed] == [name]
        assert duet.run("function", "invoke", "shop/work", "-e", "hi", "--organization", "Org2MSP") == "hi\n"
        key = duet.json("key", "create", "--role", "admin")
        variable = "%s.%s" % (key["id"], key["secret"])
        duet.run("deploy", folder, "--organization", "Org2MSP", status=77, DUET_ACCESS_KEY=variable)
        duet.run("deploy", folder, "--organization", "Org1MSP", DUET_ACCESS_KEY=variable)

    def test_parameters(self, duet, tmp_path):
        folder = project(
            tmp_path / "p", properties="        EnvironmentVariables: {STAGE: !Ref Stage}\n",
            code="import os\ndef handler(event, context):\n    return os.environ['STAGE']\n")
        text = (folder / "template.yml").read_text()
        (folder / "template.yml").write_text(
            text.replace("Resources:", "Parameters:\n  Stage: {Type: String, AllowedValues: [test, live]}\nResources:"))
        duet.run("deploy", folder, status=78)
        assert "Stage" in duet.errors
        duet.run("deploy", folder, "-p", "Stage=nowhere", status=78)
        duet.run("deploy", folder, "-p", "Stage=live")
        assert duet.run("function", "invoke", "shop/work") == "live\n"

    def test_wrong_template(self, duet, own_node, tmp_path):
        folder = project(tmp_path / "p", properties="        Timeout: soon\n        Memory: 1\n        MemorySize: 100\n")
        duet.run("deploy", folder, status=78)
        for text in ("line 12: ", "Resources.shop.work.Properties.Timeout", '"soon"', "Memory", '"100"', "3 problems"):
            assert text in duet.errors
        assert requests.get(own_node.address + "/api/functions").json() == []
        answer = requests.post(
            own_node.address + "/api/deployments", json={"template": (folder / "template.yml").read_text()})
        assert answer.status_code == 422 and len(answer.json()["error"]["problems"]) == 3

    @pytest.mark.parametrize("told, text", [
        ("alias", "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
            "%s: &%s [%s]\n" % (name, name, ",".join(["*" + before] * 10)) for before, name in zip("abcde", "bcdef"))),
        ("a", "a: &a [*a]\n"),
        ("nest", "[" * 5000),
        ("1048576", "x" * (2 << 20)),
        ("", "\x00"),
        ("", "Resources: {}\nResources: {}\n"),
    ], ids=["alias-bomb", "cycle", "depth", "size", "control", "twice"])
    def test_hostile_template(self, own_node, told, text):
        answer = requests.post(own_node.address + "/api/deployments", json={"template": text})
        assert answer.status_code == 422 and told in json.dumps(answer.json()).lower()

    def test_traversal(self, duet, tmp_path):
        folder = project(tmp_path / "p")
        (tmp_path / "secret.txt").write_text("secret")
        (folder / "link").symlink_to(tmp_path / "secret.txt")
        duet.run("deploy", folder, status=78)
        assert "links out" in duet.errors
        (folder / "link").unlink()
        text = (folder / "template.yml").read_text()
        (folder / "template.yml").write_text(text.replace("./", "./nothing"))
        duet.run("deploy", folder, status=78)
        assert "nothing" in duet.errors

    @pytest.mark.parametrize("form", ["folder", "file", "archive"])
    def test_code_forms(self, duet, tmp_path, form):
        folder = project(tmp_path / "p", code="def handler(event, context):\n    return b'%s'\n" % form)
        if form != "folder":
            (folder / "code").mkdir()
            (folder / "index.py").rename(folder / "code" / "index.py")
        uri = {"folder": "./", "file": "code/index.py", "archive": "code.zip"}[form]
        if form == "archive":
            (folder / "code.zip").write_bytes(archive({"index.py": (folder / "code" / "index.py").read_text()}))
        text = (folder / "template.yml").read_text()
        (folder / "template.yml").write_text(text.replace("CodeUri: ./", "CodeUri: " + uri))
        duet.run("deploy", folder)
        assert duet.run("function", "invoke", "shop/work") == form + "\n"
        assert duet.json("deploy", folder)["isUnchanged"]

    def test_watch(self, open_node, tmp_path):
        duet = Program(open_node)
        duet.environment["DUET_ACCESS_KEY"] = "%s.%s" % (open_node.key["id"], open_node.key["secret"])
        folder = project(tmp_path / "p", code="def handler(event, context):\n    raise ValueError('broken')\n")
        (folder / "template.yml").write_text(
            (folder / "template.yml").read_text() + "        AsyncConfiguration: {MaxAsyncRetryAttempts: 0}\n")
        watching = subprocess.Popen(
            [duet.path, "deploy", str(folder), "--watch", "--resend-failed"], env=duet.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            eventually(lambda: duet.json("function", "list"))
            duet.run("function", "invoke", "shop/work", "-e", "again", "--async")
            letters = eventually(lambda: duet.json("deadletter", "list"))
            out = tmp_path / "out"
            (folder / "index.py").write_text(
                "def handler(event, context):\n    open(%r, 'wb').write(event)\n    return 'mended'\n" % str(out))
            eventually(lambda: out.exists() and out.read_bytes() == b"again")
            assert duet.json("deadletter", "list") == [] and len(letters) == 1
            (folder / "template.yml").write_text("nonsense: [")
            (folder / "index.py").write_text("def handler(event, context):\n    return 'third'\n")
            shutil.copy(project(tmp_path / "q") / "template.yml", folder / "template.yml")
            eventually(lambda: duet.run("function", "invoke", "shop/work") == "third\n")
        finally:
            watching.terminate()
            watching.wait()


class TestOtherCommands:
    @pytest.mark.parametrize("kind", ["http-nodejs", "event-nodejs", "http-python", "timer-python"])
    def test_init(self, duet, own_node, tmp_path, kind):
        duet.run("init", kind, tmp_path / "new")
        duet.run("deploy", tmp_path / "new")
        duet.run("init", kind, tmp_path / "new", status=1)
        if kind.startswith("http"):
            answer = requests.get(own_node.address + "/2016-08-15/proxy/demo/hello/?name=x")
            assert answer.status_code == 200 and "x" in answer.json()["hello"]
        if kind.startswith("event"):
            assert json.loads(duet.run("function", "invoke", "demo/work", "-e", '{"id": 7}')) == {
                "id": 7, "isDone": True}

    def test_config(self, duet, own_node):
        duet.run("config")
        text = (own_node.folder / ".fcli" / "config.yaml").read_text()
        lines = dict(line.split(": ", 1) for line in text.splitlines())
        assert lines["api_version"] == "'2016-08-15'" and lines["fc_endpoint"] == "'%s'" % own_node.address
        assert lines["endpoint"] == "'https://Org1MSP.local.fc.aliyuncs.com'"
        assert {"access_key_id", "access_key_secret", "security_token", "debug", "timeout", "retries",
                "sls_endpoint"} <= set(lines)
        duet.run("config", status=64)
        bearer = {"Authorization": "Bearer %s.%s" % (lines["access_key_id"], lines["access_key_secret"])}
        assert requests.get(own_node.address + "/api/keys", headers=bearer).status_code == 200

    def test_dead_letters(self, duet, own_node, tmp_path):
        code = "import json\ndef handler(event, context):\n    return json.loads(event)['id']\n"
        folder = project(
            tmp_path / "p", code=code, properties="        AsyncConfiguration: {MaxAsyncRetryAttempts: 0}\n")
        duet.run("deploy", folder)
        for number in range(3):
            duet.run("function", "invoke", "shop/work", "-e", '{"it": %d}' % number, "--async")
        letters = eventually(lambda: (lambda l: l if len(l) == 3 else None)(duet.json("deadletter", "list")))
        first, second, third = [str(letter["number"]) for letter in letters]
        shown = duet.json("deadletter", "show", first)
        assert shown["condition"] and "KeyError" in shown["error"] or "id" in shown["error"]
        duet.run("deadletter", "edit", first, "--event", '{"id": 1}')
        assert duet.json("deadletter", "show", first)["payload"] == '{"id": 1}'
        duet.run("deadletter", "edit", second, EDITOR="sed -i s/it/id/")
        # What is no text is told apart from text that looks like it, and stays what it is.
        (tmp_path / "bytes").write_bytes(b"\xff\x00\xfe")
        duet.run("deadletter", "edit", third, "--event-file", tmp_path / "bytes")
        shown = duet.json("deadletter", "show", third)
        assert shown["payloadBase64"] == "/wD+" and "payload" not in shown and shown["payloadByteCount"] == 3
        duet.run("deadletter", "edit", third, EDITOR="printf '\\376' >>")
        assert duet.json("deadletter", "show", third)["payloadBase64"] == "/wD+/g=="
        duet.run("deadletter", "redrive", first, second)
        eventually(lambda: [l["number"] for l in duet.json("deadletter", "list")] == [int(third)])
        duet.run("deadletter", "show", first, status=1)
        duet.run("deadletter", "purge", status=64)
        assert duet.json("deadletter", "purge", "--all") == {"purged": 1}
        assert duet.json("deadletter", "list") == []

    def test_invocations(self, duet, tmp_path):
        folder = project(tmp_path / "p", code="import time\ndef handler(event, context):\n    time.sleep(float(event))\n",
                         properties="        Timeout: 60\n")
        duet.run("deploy", folder)
        duet.run("function", "invoke", "shop/work", "-e", "0", "--async", "--id", "quick")
        eventually(lambda: duet.json("invocation", "show", "shop/work", "quick")["status"] == "Succeeded")
        duet.run("function", "invoke", "shop/work", "-e", "50", "--async", "--id", "slow")
        eventually(lambda: duet.json("invocation", "show", "shop/work", "slow")["status"] == "Running")
        duet.run("invocation", "stop", "shop/work", "slow")
        eventually(lambda: duet.json("invocation", "show", "shop/work", "slow")["status"] == "Stopped")
        assert [i["invocationId"] for i in duet.json("invocation", "list", "--status", "Stopped")] == ["slow"]
        duet.run("invocation", "list", "--status", "Sleeping", status=1)

    def test_usage(self, duet, tmp_path):
        duet.run("deploy", project(tmp_path / "p"))
        for _ in range(3):
            duet.run("function", "invoke", "shop/work", "-e", "four")
        duet.run("function", "invoke", "shop/nothing", status=1)
        used = duet.json("usage")[0]
        assert (used["invocations"], used["errors"], used["coldStarts"]) == (3, 0, 1)
        assert (used["bytesIn"], used["bytesOut"]) == (12, 12) and used["gigabyteSeconds"] > 0
        assert duet.json("usage", "--month", "1999-01") == [] and "shop/work" in duet.run("usage")

    def test_unreachable(self, duet, tmp_path):
        duet.run("function", "list", "--node", "http://127.0.0.1:1", status=69)
        duet.run("deploy", tmp_path, status=66)


class Fun:
    """Sends what `fun deploy` sends, signed as its client signs: also over a checksum that no checker accepts."""

    def __init__(self, node):
        self.node = node

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else b""
        headers = {
            "accept": "application/json", "date": formatdate(usegmt=True), "user-agent": "Node.js(v12.22.12) OS(linux)",
            "x-fc-account-id": self.node.key["organization"],
        }
        if body is not None:
            headers["content-type"] = "application/json"
            headers["content-md5"] = base64.b64encode(hashlib.md5(data).hexdigest().encode()).decode()
        path = "/2016-08-15" + path
        text = "\n".join([
            method, headers.get("content-md5", ""), headers.get("content-type", ""), headers["date"],
            "x-fc-account-id:%s\n%s" % (headers["x-fc-account-id"], path)])
        code = hmac.new(self.node.key["secret"].encode(), text.encode(), hashlib.sha256).digest()
        headers["authorization"] = "FC %s:%s" % (self.node.key["id"], base64.b64encode(code).decode())
        answer = requests.request(method, self.node.address + path, headers=headers, data=data)
        return answer.status_code, answer.json() if answer.content else None

    def create_or_update(self, missing, collection, name, member, body):
        """Reads, and creates on exactly the code that says that it is not there."""
        status, found = self.call("GET", "%s/%s" % (collection, name))
        if status == 200:
            return "updated", self.call("PUT", "%s/%s" % (collection, name), body)
        assert (status, found["ErrorCode"]) == (404, missing)
        return "created", self.call("POST", collection, dict(body, **{member: name}))

    def deploy(self):
        code = {"zipFile": encoded({"httpTrigger.js": (EXAMPLE / "httpTrigger.js").read_text()})}
        steps = [
            self.create_or_update("ServiceNotFound", "/services", "marblesFC", "serviceName", {
                "description": "fc test", "role": "", "logConfig": {
                    "project": "test-log-project", "logstore": "test-log-store", "enableRequestMetrics": False,
                    "enableInstanceMetrics": False},
                "vpcConfig": {"vpcId": "", "vSwitchIds": [], "securityGroupId": ""}, "internetAccess": True,
                "nasConfig": {"userId": -1, "groupId": -1, "mountPoints": []}}),
            self.create_or_update("FunctionNotFound", "/services/marblesFC/functions", "processEvent", "functionName", {
                "description": "", "handler": "httpTrigger.handler", "initializer": "", "timeout": 60,
                "initializationTimeout": 3, "memorySize": 128, "runtime": "nodejs8", "instanceConcurrency": 1,
                "environmentVariables": {}, "code": code}),
            self.create_or_update(
                "TriggerNotFound", "/services/marblesFC/functions/processEvent/triggers", "http-test", "triggerName", {
                    "triggerType": "http", "triggerConfig": {
                        "authType": "anonymous", "methods": ["GET", "POST", "PUT"]}}),
        ]
        assert [status for _, (status, _) in steps] == [200, 200, 200], steps
        return [what for what, _ in steps]


def test_requests_of_fun(own_node):
    fun = Fun(own_node)
    assert fun.deploy() == ["created", "created", "created"]
    url = own_node.address + "/2016-08-15/proxy/marblesFC/processEvent/?type=x"
    assert requests.get(url).json()["queries"] == {"type": "x"}
    before = fun.call("GET", "/services/marblesFC/functions/processEvent")[1]
    assert fun.deploy() == ["updated", "updated", "updated"]
    after = fun.call("GET", "/services/marblesFC/functions/processEvent")[1]
    assert before["codeChecksum"] == after["codeChecksum"] and requests.get(url).status_code == 200
    path = "/services/marblesFC.LATEST/functions/processEvent/async-invoke-config"
    status, answer = fun.call("DELETE", path)
    assert (status, answer["ErrorCode"]) == (404, "AsyncConfigNotExists")
    status, answer = fun.call("PUT", path, {"maxAsyncRetryAttempts": 1})
    assert status == 200 and answer["maxAsyncRetryAttempts"] == 1
    status, answer = fun.call("GET", "/custom-domains/shop.example.com")
    assert (status, answer["ErrorCode"]) == (404, "DomainNameNotFound")
