"""The unmodified client library of Function Compute against our node: every operation that makes sense here."""

import base64
import json
import time

import fc2
import pytest
import requests

from function_client import ECHO, Deployed, archive, client, eventually, unique

HTTP_ECHO = {
    "index.js": """
module.exports.handler = function (request, response, context) {
  var chunks = []
  request.on('data', function (chunk) { chunks.push(chunk) })
  request.on('end', function () {
    response.setStatusCode(201)
    response.setHeader('x-method', request.method)
    response.send(JSON.stringify({
      path: request.path, queries: request.queries, body: Buffer.concat(chunks).toString(), own: request.headers['x-own']
    }))
  })
}
"""
}


@pytest.fixture
def fc(node):
    return client(node)


def error(call, *arguments, **options):
    with pytest.raises(fc2.FcError) as caught:
        call(*arguments, **options)
    return caught.value.status_code, caught.value.err_code


class TestServices:
    def test_life(self, fc):
        name = unique("service")
        log = {"project": "p-%s" % name.replace("_", "-"), "logstore": "s"}
        vpc = {"vpcId": "v", "vSwitchIds": ["s"], "securityGroupId": "g"}
        nas = {"userId": -1, "groupId": -1, "mountPoints": [{"serverAddr": "a", "mountDir": "/mnt"}]}
        made = fc.create_service(name, "first", logConfig=log, role="acs:ram::1:role/x", vpcConfig=vpc, nasConfig=nas)
        assert made.data["serviceName"] == name and made.data["description"] == "first"
        read = fc.get_service(name)
        assert read.headers["etag"] == made.headers["etag"]
        assert read.data["vpcConfig"] == vpc and read.data["nasConfig"] == nas
        assert read.data["logConfig"]["project"] == log["project"] and read.data["role"] == "acs:ram::1:role/x"
        assert read.data["serviceId"] and read.data["createdTime"].endswith("Z")
        changed = fc.update_service(name, "second", headers={"if-match": read.headers["etag"]})
        assert changed.data["description"] == "second" and changed.data["vpcConfig"] == vpc
        assert error(fc.update_service, name, "x", headers={"if-match": read.headers["etag"]}) == (
            412, "PreconditionFailed")
        assert error(fc.create_service, name) == (409, "ServiceAlreadyExists")
        fc.delete_service(name, headers={"if-match": changed.headers["etag"]})
        assert error(fc.get_service, name) == (404, "ServiceNotFound")
        assert error(fc.delete_service, name) == (404, "ServiceNotFound")

    def test_names(self, fc):
        for name in ["1x", "a b", "", "x" * 129, "a.b"]:
            assert error(fc.create_service, name)[1] in ("InvalidArgument", "PathNotSupported")

    def test_list(self, fc):
        prefix = unique("list")
        names = [prefix + suffix for suffix in ("_a", "_b", "_c", "_d")]
        for name in reversed(names):
            fc.create_service(name)
        first = fc.list_services(limit=2, prefix=prefix).data
        assert [s["serviceName"] for s in first["services"]] == names[:2]
        rest = fc.list_services(limit=5, prefix=prefix, nextToken=first["nextToken"]).data
        assert [s["serviceName"] for s in rest["services"]] == names[2:] and not rest.get("nextToken")
        after = fc.list_services(limit=5, prefix=prefix, startKey=names[2]).data
        assert [s["serviceName"] for s in after["services"]] == names[2:]
        assert error(fc.list_services, limit=101)[1] == "InvalidArgument"

    def test_tags(self, fc):
        name = unique("tagged")
        fc.create_service(name)
        arn = "services/" + name
        fc.tag_resource(arn, {"stage": name, "team": "x"})
        assert fc.get_resource_tags(arn).data["tags"] == {"stage": name, "team": "x"}
        assert [s["serviceName"] for s in fc.list_services(tags={"stage": name}).data["services"]] == [name]
        fc.untag_resource(arn, ["team"])
        assert fc.get_resource_tags(arn).data["tags"] == {"stage": name}
        fc.untag_resource(arn, [], deleteAll=True)
        assert fc.get_resource_tags(arn).data["tags"] == {}

    def test_account(self, fc):
        assert fc.get_account_settings().data["availableAZs"]
        assert fc.list_reserved_capacities().data["reservedCapacities"] == []


class TestFunctions:
    def test_life(self, fc):
        made = Deployed(
            fc, description="d", initializer="index.start", environmentVariables={"A": "1"}, timeout=7, memorySize=192,
            initializationTimeout=5, instanceConcurrency=2,
        )
        read = fc.get_function(made.service, made.function)
        for name, value in {
            "functionName": "work", "description": "d", "runtime": "python3", "handler": "index.handler",
            "initializer": "index.start", "environmentVariables": {"A": "1"}, "timeout": 7, "memorySize": 192,
            "initializationTimeout": 5, "instanceConcurrency": 2,
        }.items():
            assert read.data[name] == value
        assert read.data["codeSize"] > 0 and read.data["codeChecksum"].isdigit()
        changed = fc.update_function(
            made.service, made.function, environmentVariables={}, description="e",
            headers={"if-match": read.headers["etag"]})
        assert changed.data["environmentVariables"] == {} and changed.data["timeout"] == 7
        assert changed.data["codeChecksum"] == read.data["codeChecksum"]
        assert error(fc.delete_service, made.service) == (409, "ServiceNotEmpty")
        assert error(
            fc.delete_function, made.service, made.function, headers={"if-match": read.headers["etag"]}
        ) == (412, "PreconditionFailed")
        fc.delete_function(made.service, made.function)
        assert error(fc.get_function, made.service, made.function) == (404, "FunctionNotFound")
        fc.delete_service(made.service)

    def test_list(self, fc):
        made = Deployed(fc)
        for name in ("b", "a"):
            fc.create_function(made.service, name, "python3", "index.handler", codeZipFile=made.zip_file(ECHO))
        listed = fc.list_functions(made.service, limit=2).data
        assert [f["functionName"] for f in listed["functions"]] == ["a", "b"]
        rest = fc.list_functions(made.service, nextToken=listed["nextToken"]).data
        assert [f["functionName"] for f in rest["functions"]] == ["work"]

    def test_code(self, fc, node):
        made = Deployed(fc)
        code = fc.get_function_code(made.service, made.function).data
        assert code["checksum"] == fc.get_function(made.service, made.function).data["codeChecksum"]
        fetched = requests.get(code["url"])
        assert fetched.status_code == 200 and fetched.content[:2] == b"PK"

    def test_refused(self, fc):
        name = unique("service")
        fc.create_service(name)
        zip_file = Deployed.zip_file(ECHO)

        def make(**changes):
            settings = dict(runtime="python3", handler="index.handler", codeZipFile=zip_file)
            settings.update(changes)
            return error(fc.create_function, name, "f", **settings)

        assert make(runtime="cobol")[1] == "InvalidArgument"
        assert make(memorySize=100)[1] == "InvalidArgument"
        assert make(timeout=90000)[1] == "InvalidArgument"
        assert make(instanceConcurrency=101)[1] == "InvalidArgument"
        assert make(environmentVariables={"1": "x"})[1] == "InvalidArgument"
        assert make(environmentVariables={"A": "x" * 5000})[1] == "InvalidArgument"
        assert make(codeZipFile=Deployed.zip_file({"../out.py": "x"}))[1] == "InvalidArgument"
        assert make(codeZipFile=None, codeOSSBucket="b", codeOSSObject="o")[1] == "InvalidArgument"
        assert error(fc.create_function, "nothing", "f", "python3", "index.handler", codeZipFile=zip_file) == (
            404, "ServiceNotFound")


class TestInvocations:
    def test_result(self, fc):
        made = Deployed(fc)
        answer = made.invoke(b"\x00bytes\xff")
        assert answer.data == b"\x00bytes\xff" and answer.headers["x-fc-request-id"]
        assert answer.headers["x-fc-invocation-service-version"] == "LATEST"
        assert int(answer.headers["x-fc-max-memory-usage"]) > 0

    def test_log(self, fc):
        made = Deployed(fc, {"index.py": "def handler(event, context):\n    print('seen ' + event.decode())\n"})
        answer = made.invoke(b"me", headers={"x-fc-log-type": "Tail"})
        log = base64.b64decode(answer.headers["x-fc-log-result"]).decode()
        assert "seen me" in log and "FC Invoke End RequestId: " + answer.headers["x-fc-request-id"] in log

    @pytest.mark.parametrize("runtime, files, kind", [
        ("python3", {"index.py": "def handler(e, c):\n    raise ValueError('no such marble')\n"},
         "UnhandledInvocationError"),
        ("nodejs20", {"index.js": "exports.handler = (e, c, done) => done(new Error('no such marble'))"},
         "HandledInvocationError"),
        ("nodejs20", {"index.js": "exports.handler = async () => { throw new TypeError('no such marble') }"},
         "UnhandledInvocationError"),
    ])
    def test_failure(self, fc, runtime, files, kind):
        made = Deployed(fc, files, runtime)
        with pytest.raises(fc2.FcError) as caught:
            made.invoke(b"")
        assert caught.value.status_code == 200 and "no such marble" in str(caught.value)
        answer = requests.post(
            fc.endpoint + "/2016-08-15/services/%s/functions/work/invocations" % made.service)
        assert answer.status_code == 200 and answer.headers["x-fc-error-type"] == kind

    def test_missing(self, fc):
        made = Deployed(fc)
        assert error(fc.invoke_function, made.service, "nothing") == (404, "FunctionNotFound")
        assert error(fc.invoke_function, "nothing", "work") == (404, "ServiceNotFound")
        assert error(made.invoke, qualifier="7") == (404, "VersionNotFound")
        assert error(made.invoke, qualifier="prod") == (404, "AliasNotFound")

    def test_asynchronous(self, fc):
        made = Deployed(fc)
        headers = {"x-fc-invocation-type": "Async", "x-fc-stateful-async-invocation-id": "order-1"}
        answer = made.invoke(b"{}", headers=headers)
        assert answer.headers["x-fc-stateful-async-invocation-id"] == "order-1"
        assert error(made.invoke, b"{}", headers=headers) == (409, "StatefulAsyncInvocationAlreadyExists")
        path = fc.endpoint + "/2016-08-15/services/%s/functions/work/stateful-async-invocations/order-1" % made.service
        ended = eventually(
            lambda: (lambda record: record if record["status"] == "Succeeded" else None)(requests.get(path).json()))
        assert ended["invocationId"] == "order-1" and ended["endTime"] >= ended["startedTime"]

    def test_large(self, fc):
        made = Deployed(fc, memorySize=512)
        body = b"x" * (30 << 20)
        assert made.invoke(body).data == body
        assert error(made.invoke, b"x" * ((32 << 20) + 1))[1] == "EntityTooLarge"


class TestHTTPTriggers:
    def test_call(self, fc):
        made = Deployed(fc, HTTP_ECHO, "nodejs20").http()
        answer = fc.do_http_request(
            "POST", made.service, made.function, "/a%20b/c", headers={"x-own": "1"}, params={"x": "1", "y": "z"},
            body=b"hello")
        assert answer.status_code == 201 and answer.headers["x-method"] == "POST"
        assert answer.json() == {"path": "/a b/c", "queries": {"x": "1", "y": "z"}, "body": "hello", "own": "1"}
        plain = requests.get(fc.endpoint + "/2016-08-15/proxy/%s/work" % made.service)
        assert plain.json()["path"] == "/"
        assert requests.delete(fc.endpoint + "/2016-08-15/proxy/%s/work/" % made.service).status_code == 405

    def test_signed(self, fc):
        made = Deployed(fc, HTTP_ECHO, "nodejs20").http(auth="function")
        assert fc.do_http_request("GET", made.service, made.function, "/", params={"b": "2", "a": "1"}).status_code == 201
        assert fc.do_http_request("GET", made.service, made.function, "/").status_code == 201
        path = "/2016-08-15/proxy/%s/work/" % made.service
        refused = requests.get(fc.endpoint + path)
        assert refused.status_code == 403 and refused.json()["ErrorCode"] == "AccessDenied"

    def test_python(self, fc):
        made = Deployed(
            fc,
            {"index.py": "def handler(environ, start_response):\n"
                         "    body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0))\n"
                         "    start_response('202 Accepted', [('X-Own', environ['fc.context'].service.name)])\n"
                         "    return [environ['QUERY_STRING'].encode(), b' ', body]\n"}).http()
        answer = fc.do_http_request("POST", made.service, made.function, "/", params={"q": "1"}, body=b"body")
        assert answer.status_code == 202 and answer.headers["x-own"] == made.service and answer.content == b"q=1 body"

    def test_exception(self, fc):
        made = Deployed(fc, {"index.js": "exports.handler = () => { throw new Error('oh') }"}, "nodejs20").http()
        # The client repeats a GET on 502; POST is sent once.
        answer = fc.do_http_request("POST", made.service, made.function, "/")
        assert answer.status_code == 502 and answer.headers["x-fc-error-type"] == "UnhandledInvocationError"
        assert answer.json()["errorMessage"] == "oh"

    def test_domain(self, fc, node):
        made = Deployed(fc, HTTP_ECHO, "nodejs20").http()
        name = unique("shop").replace("_", "-") + ".example.com"
        routes = {"routes": [{"path": "/x/*", "serviceName": made.service, "functionName": "work"}]}
        domain = fc.create_custom_domain(name, "HTTP", routes)
        assert domain.data["routeConfig"]["routes"][0]["path"] == "/x/*"
        assert requests.get(node.address + "/x/y", headers={"Host": name}).json()["path"] == "/x/y"
        assert requests.get(node.address + "/other", headers={"Host": name}).status_code == 404
        assert fc.get_custom_domain(name).data["domainName"] == name
        assert name in [d["domainName"] for d in fc.list_custom_domains().data["customDomains"]]
        routes["routes"][0]["path"] = "/*"
        fc.update_custom_domain(name, routeConfig=routes)
        assert requests.get(node.address + "/other", headers={"Host": name}).status_code == 201
        fc.delete_custom_domain(name)
        assert error(fc.get_custom_domain, name) == (404, "DomainNameNotFound")
        assert requests.get(node.address + "/other", headers={"Host": name}).status_code == 421


class TestTriggers:
    def test_life(self, fc):
        made = Deployed(fc)
        config = {"cronExpression": "0 0 8 * * *", "payload": "p", "enable": True}
        trigger = fc.create_trigger(made.service, made.function, "daily", "timer", config, "", "")
        for name, value in config.items():
            assert trigger.data["triggerConfig"][name] == value
        config["enable"] = False
        changed = fc.update_trigger(
            made.service, made.function, "daily", triggerConfig=config, headers={"if-match": trigger.headers["etag"]})
        assert changed.data["triggerConfig"]["enable"] is False
        fc.create_trigger(
            made.service, made.function, "logs", "log",
            {"sourceConfig": {"logstore": "a"}, "jobConfig": {"maxRetryTime": 1, "triggerInterval": 30},
             "functionParameter": {}, "logConfig": {"project": "p", "logstore": "b"}, "enable": False},
            "acs:log:local:1:project/p", "acs:ram::1:role/r")
        listed = fc.list_triggers(made.service, made.function).data["triggers"]
        assert [t["triggerName"] for t in listed] == ["daily", "logs"]
        assert listed[1]["sourceArn"] == "acs:log:local:1:project/p"
        assert error(fc.delete_function, made.service, made.function) == (409, "FunctionNotEmpty")
        assert error(
            fc.create_trigger, made.service, made.function, "bad", "timer", {"cronExpression": "* *"}, "", ""
        )[1] == "InvalidArgument"
        fc.delete_trigger(made.service, made.function, "daily")
        assert error(fc.get_trigger, made.service, made.function, "daily") == (404, "TriggerNotFound")

    def test_timer_runs(self, open_node):
        fc = client(open_node)
        made = Deployed(fc, {"index.py": (
            "import os\n"
            "def handler(event, context):\n"
            "    open(os.environ['OUT'], 'ab').write(event + b'\\n')\n")},
            environmentVariables={"OUT": str(open_node.folder / "ticks")})
        out = fc.get_function(made.service, made.function).data["environmentVariables"]["OUT"]
        config = {"cronExpression": "@every 1s", "payload": "p", "enable": True}
        fc.create_trigger(made.service, made.function, "tick", "timer", config, "", "")

        def ticks():
            try:
                with open(out) as file:
                    lines = [json.loads(line) for line in file]
            except FileNotFoundError:
                return None
            return lines if len(lines) >= 3 else None

        lines = eventually(ticks)
        assert all(line["payload"] == "p" and line["triggerName"] == "tick" for line in lines)
        times = [line["triggerTime"] for line in lines]
        assert len(set(times)) == len(times)
        fc.delete_trigger(made.service, made.function, "tick")


class TestVersions:
    def test_versions_and_aliases(self, fc):
        def code(text):
            return {"index.py": "def handler(e, c):\n    return '%s ' + c.service.version_id\n" % text}

        made = Deployed(fc, code("one"))
        first = fc.publish_version(made.service, "first")
        assert first.data["versionId"] == "1" and first.data["description"] == "first"
        assert error(fc.publish_version, made.service)[1] == "InvalidArgument"
        made.update(code("two"))
        assert fc.publish_version(made.service).data["versionId"] == "2"
        assert made.invoke(qualifier="1").data == b"one 1"
        assert made.invoke(qualifier="2").data == b"two 2"
        assert fc.get_function(made.service, made.function, qualifier="1").data["functionName"] == "work"
        assert fc.get_service(made.service, qualifier="1").data["versionId"] == "1"
        listed = fc.list_versions(made.service).data
        assert [v["versionId"] for v in listed["versions"]] == ["2", "1"] and listed["direction"] == "BACKWARD"

        alias = fc.create_alias(made.service, "prod", "1", "d")
        assert alias.data["versionId"] == "1" and made.invoke(qualifier="prod").data == b"one 1"
        changed = fc.update_alias(
            made.service, "prod", "1", additionalVersionWeight={"2": 0.5}, headers={"if-match": alias.headers["etag"]})
        assert changed.data["additionalVersionWeight"] == {"2": 0.5}
        seen = {made.invoke(qualifier="prod").data for _ in range(60)}
        assert seen == {b"one 1", b"two 2"}
        fc.update_alias(made.service, "prod", "2", additionalVersionWeight={})
        assert {made.invoke(qualifier="prod").data for _ in range(10)} == {b"two 2"}
        assert [a["aliasName"] for a in fc.list_aliases(made.service).data["aliases"]] == ["prod"]
        assert error(fc.create_alias, made.service, "LATEST", "1")[1] == "InvalidArgument"
        assert error(fc.create_alias, made.service, "7", "1")[1] == "InvalidArgument"
        fc.delete_alias(made.service, "prod")
        assert error(fc.get_alias, made.service, "prod") == (404, "AliasNotFound")
        fc.delete_version(made.service, "1")
        assert error(made.invoke, qualifier="1") == (404, "VersionNotFound")


class TestConfigurations:
    def test_asynchronous(self, open_node):
        fc = client(open_node)
        made = Deployed(fc, {"index.py": "def handler(e, c):\n    return b'done'\n"})
        caught = unique("catcher")
        fc.create_function(
            made.service, caught, "python3", "index.handler", codeZipFile=made.zip_file(
                {"index.py": "import os\ndef handler(e, c):\n    open(os.environ['OUT'], 'wb').write(e)\n"}),
            environmentVariables={"OUT": Deployed.zip_file({}) + ".out"})
        out = fc.get_function(made.service, caught).data["environmentVariables"]["OUT"]
        config = {
            "destinationConfig": {"onSuccess": {"destination": "acs:fc:::services/%s/functions/%s" % (
                made.service, caught)}},
            "maxAsyncEventAgeInSeconds": 60, "maxAsyncRetryAttempts": 0, "statefulInvocation": True,
        }
        put = fc.put_function_async_invoke_config(made.service, "LATEST", made.function, config)
        read = fc.get_function_async_invoke_config(made.service, "LATEST", made.function)
        for name, value in config.items():
            assert put.data[name] == value and read.data[name] == value
        listed = fc.list_function_async_invoke_configs(made.service, made.function).data["configs"]
        assert [c["qualifier"] for c in listed] == ["LATEST"]
        made.invoke(b"event", headers={"x-fc-invocation-type": "Async"})

        def delivered():
            try:
                with open(out) as file:
                    return json.load(file)
            except (FileNotFoundError, ValueError):
                return None

        event = eventually(delivered)
        assert event["responsePayload"] and event["requestContext"]["requestId"]
        fc.delete_function_async_invoke_config(made.service, "LATEST", made.function)
        assert error(fc.get_function_async_invoke_config, made.service, "LATEST", made.function) == (
            404, "AsyncConfigNotExists")

    def test_provisioned(self, fc):
        made = Deployed(fc)
        fc.publish_version(made.service)
        fc.create_alias(made.service, "prod", "1")
        assert fc.put_provision_config(made.service, "prod", made.function, 2).data["target"] == 2
        eventually(lambda: fc.get_provision_config(made.service, "prod", made.function).data["current"] == 2)
        listed = fc.list_provision_configs(made.service, "prod").data["provisionConfigs"]
        assert [c["target"] for c in listed] == [2]
        instances = fc.list_instances(made.service, "prod", made.function).data["instances"]
        assert len(instances) == 2
        assert fc.put_provision_config(made.service, "prod", made.function, 0).data["target"] == 0

    def test_on_demand(self, fc):
        made = Deployed(fc)
        assert fc.put_on_demand_config(made.service, "LATEST", made.function, 1).data["maximumInstanceCount"] == 1
        assert fc.get_on_demand_config(made.service, "LATEST", made.function).data["maximumInstanceCount"] == 1
        listed = fc.list_on_demand_config(prefix="services/%s." % made.service).data["configs"]
        assert len(listed) == 1
        fc.delete_on_demand_config(made.service, "LATEST", made.function)
        assert error(fc.get_on_demand_config, made.service, "LATEST", made.function)[0] == 404


class TestCredentials:
    def test_wrong(self, node):
        assert error(client(node, secret="wrong").list_services) == (403, "SignatureNotMatch")
        assert error(client(node, id="nobody").list_services) == (403, "InvalidAccessKeyID")

    def test_roles(self, node, fc):
        made = Deployed(fc)
        keys = {
            role: requests.post(node.address + "/api/keys", json={"role": role}).json() for role in ("reader", "user")}
        reader = client(node, id=keys["reader"]["id"], secret=keys["reader"]["secret"])
        user = client(node, id=keys["user"]["id"], secret=keys["user"]["secret"])
        assert reader.get_service(made.service).data["serviceName"] == made.service
        assert error(reader.invoke_function, made.service, made.function) == (403, "AccessDenied")
        assert user.invoke_function(made.service, made.function, payload=b"x").data == b"x"
        assert error(user.create_service, unique("service")) == (403, "AccessDenied")
        assert requests.delete(node.address + "/api/keys/" + keys["user"]["id"]).status_code == 204
        assert error(user.get_service, made.service) == (403, "InvalidAccessKeyID")

    def test_presigned(self, fc, node):
        import hashlib
        import hmac
        from urllib.parse import quote

        made = Deployed(fc, HTTP_ECHO, "nodejs20").http(auth="function")
        path = "/2016-08-15/proxy/%s/work/" % made.service

        def address(expires):
            items = ["a=1", "x-fc-access-key-id=" + node.key["id"], "x-fc-expires=%d" % expires]
            text = "\n".join(["GET", "", "", str(expires), path, "\n".join(sorted(items))])
            code = hmac.new(node.key["secret"].encode(), text.encode(), hashlib.sha256).digest()
            return node.address + path + "?" + "&".join(items) + "&x-fc-signature=" + quote(base64.b64encode(code))

        assert requests.get(address(int(time.time()) + 60)).status_code == 201
        assert requests.get(address(int(time.time()) - 60)).status_code == 403
        assert requests.get(address(int(time.time()) + 60).replace("a=1", "a=2")).status_code == 403

    def test_other_accounts(self, node, fc):
        made = Deployed(fc)
        headers = {"X-Fc-Account-Id": "Org2MSP"}
        answer = requests.get(node.address + "/2016-08-15/services/" + made.service, headers=headers)
        assert answer.status_code == 404
        key = requests.post(node.address + "/api/keys?organization=Org2MSP", json={"role": "admin"}).json()
        other = client(node, id=key["id"], secret=key["secret"])
        assert error(other.get_service, made.service) == (404, "ServiceNotFound")
        other.create_service(made.service)
        assert fc.get_service(made.service).data["serviceId"] != other.get_service(made.service).data["serviceId"]
