"""The unmodified aliyun-log-python-sdk against a node.

The library puts the project into the host name, so it reaches the node by taking it for its HTTP proxy, as
docs/logs.md tells users to.
"""

import itertools
import threading
import time
import zlib

import pytest
from aliyun.log import (
    GetHistogramsRequest,
    GetLogsRequest,
    IndexConfig,
    IndexKeyConfig,
    IndexLineConfig,
    ListTopicsRequest,
    LogClient,
    LogException,
    LogItem,
    PutLogsRequest,
)
from aliyun.log.consumer import ConsumerProcessorBase, ConsumerWorker, CursorPosition, LogHubConfig

ENDPOINT = "http://sls.duet.test"
names = (f"project-{number}" for number in itertools.count(1))


def client_of(node, monkeypatch, **options):
    monkeypatch.setenv("http_proxy", node.address)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    client = LogClient(ENDPOINT, node.key["id"], node.key["secret"], **options)
    client.set_source("tests")
    return client


@pytest.fixture
def client(node, monkeypatch):
    return client_of(node, monkeypatch)


@pytest.fixture
def project(client):
    name = next(names)
    client.create_project(name, "made by a test")
    yield name
    client.delete_project(name)


@pytest.fixture
def store(client, project):
    client.create_logstore(project, "web", ttl=10, shard_count=2)
    return "web"


def put(client, project, store, lines, start=None, **options):
    start = start or int(time.time())
    items = [
        LogItem(start + number, contents=[("level", line.split()[0]), ("message", line), ("number", str(number))])
        for number, line in enumerate(lines)
    ]
    client.put_logs(PutLogsRequest(project, store, options.pop("topic", "topic"), "source", items, **options))
    return start


def messages(response):
    return [log.get_contents()["message"] for log in response.get_logs()]


def refusal(call, *arguments, **options):
    with pytest.raises(LogException) as caught:
        call(*arguments, **options)
    return caught.value.get_error_code()


# Projects, logstores, indexes


def test_projects(client):
    name = next(names)
    client.create_project(name, "first")
    assert refusal(client.create_project, name, "again") == "ProjectAlreadyExist"
    found = client.get_project(name)
    assert (found.get_projectname(), found.get_description()) == (name, "first")
    client.update_project(name, "second")
    assert client.get_project(name).get_description() == "second"
    assert name in [project["projectName"] for project in client.list_project().get_projects()]
    assert [p["projectName"] for p in client.list_project(project_name_pattern=name).get_projects()] == [name]
    client.delete_project(name)
    assert refusal(client.get_project, name) == "ProjectNotExist"
    assert refusal(client.create_project, "Not_A_Name", "") == "ProjectNameInvalid"


def test_logstores(client, project):
    client.create_logstore(project, "web", ttl=10, shard_count=2, auto_split=True, max_split_shard=8)
    assert refusal(client.create_logstore, project, "web") == "LogStoreAlreadyExist"
    found = client.get_logstore(project, "web")
    assert (found.get_ttl(), found.get_shard_count(), found.auto_split, found.max_split_shard) == (10, 2, True, 8)
    client.update_logstore(project, "web", ttl=3650)
    assert client.get_logstore(project, "web").preserve_storage
    assert client.get_logstore(project, "web").auto_split
    client.create_logstore(project, "app_2")
    assert client.list_logstore(project).get_logstores() == ["app_2", "web"]
    assert client.list_logstore(project, logstore_name_pattern="app").get_logstores() == ["app_2"]
    client.delete_logstore(project, "app_2")
    assert refusal(client.get_logstore, project, "app_2") == "LogStoreNotExist"
    assert refusal(client.create_logstore, project, "x" * 64) == "LogStoreNameInvalid"
    assert refusal(client.create_logstore, project, "bad-ttl", ttl=0) == "ParameterInvalid"
    assert refusal(client.create_logstore, next(names), "web") == "ProjectNotExist"


def test_indexes(client, project, store):
    assert refusal(client.get_index_config, project, store) == "IndexConfigNotExist"
    line = IndexLineConfig([" ", ","], case_sensitive=True)
    keys = {"number": IndexKeyConfig(index_type="long", doc_value=True, alias="n")}
    client.create_index(project, store, IndexConfig(10, line, keys))
    assert refusal(client.create_index, project, store, IndexConfig(10, line, keys)) == "IndexAlreadyExist"
    found = client.get_index_config(project, store).get_index_config()
    assert found.line_config.token_list == [" ", ","] and found.line_config.case_sensitive
    assert found.key_config_list["number"].index_type == "long" and found.key_config_list["number"].alias == "n"

    start = put(client, project, store, ["info a,b", "ERROR c-d"])
    search = lambda query: messages(client.get_log(project, store, start, start + 10, query=query))
    assert search("b") == ["info a,b"]
    assert search("error") == [] and search("ERROR") == ["ERROR c-d"]
    assert search("number >= 1") == ["ERROR c-d"]
    total = client.get_log(project, store, start, start + 10, query="* | select sum(n) as total")
    assert [log.get_contents() for log in total.get_logs()] == [{"total": "1"}]

    client.update_index(project, store, IndexConfig(10, IndexLineConfig(["-"])))
    assert search("d") == ["ERROR c-d"]
    client.delete_index(project, store)
    assert refusal(client.delete_index, project, store) == "IndexConfigNotExist"
    assert search("error") == ["ERROR c-d"]


def test_shards(client, project, store):
    shards = client.list_shards(project, store).get_shards_info()
    assert [shard["inclusiveBeginKey"] for shard in shards] == ["0" * 32, "8" + "0" * 31]
    client.split_shard(project, store, 0, "4" + "0" * 31)
    shards = client.list_shards(project, store).get_shards_info()
    assert [shard["status"] for shard in shards] == ["readonly", "readwrite", "readwrite", "readwrite"]
    client.merge_shard(project, store, 2)
    shards = client.list_shards(project, store).get_shards_info()
    assert [s["shardID"] for s in shards if s["status"] == "readwrite"] == [3, 4] or len(shards) == 5
    assert refusal(client.split_shard, project, store, 0, "1" * 32) == "ParameterInvalid"
    assert refusal(client.split_shard, project, store, 99, "1" * 32) == "ShardNotExist"


# Writing and searching


@pytest.mark.parametrize("compress", [True, False])
def test_search(client, project, store, compress):
    start = put(
        client, project, store, ["info started", "error no disk", "info done", "error no luck"],
        compress=compress, logtags=[("host", "web1")],
    )
    response = client.get_log(project, store, start, start + 10, query="error not luck")
    assert response.is_completed() and messages(response) == ["error no disk"]
    contents = response.get_logs()[0].get_contents()
    assert contents["__topic__"] == "topic" and contents["__tag__:host"] == "web1"
    assert response.get_logs()[0].get_source() == "source"
    assert response.get_logs()[0].get_time() == start + 1

    request = GetLogsRequest(project, store, start, start + 10, "topic", "level: error", line=1, offset=1, reverse=True)
    assert messages(client.get_logs(request)) == ["error no disk"]
    assert messages(client.get_log(project, store, start, start + 10, topic="other")) == []
    assert messages(client.get_log(project, store, start, start + 2)) == ["info started", "error no disk"]
    assert len(messages(client.get_log(project, store, start, start + 10, query='__tag__:host: web1 "no luck"'))) == 1

    client._get_logs_v2_enabled = False
    assert messages(client.get_log(project, store, start, start + 10, query="done")) == ["info done"]


def test_histogram(client, project, store):
    start = put(client, project, store, ["info a", "error b", "error c"])
    answer = client.get_histograms(GetHistogramsRequest(project, store, start, start + 3, query="error"))
    assert answer.is_completed() and answer.get_total_count() == 2
    assert [(h.get_from() - start, h.get_to() - start, h.get_count()) for h in answer.get_histograms()] == [
        (0, 1, 0), (1, 2, 1), (2, 3, 1)]


def test_all_pages(client, project, store):
    start = put(client, project, store, [f"info line {number}" for number in range(250)])
    found = []
    for response in client.get_log_all(project, store, start, start + 1_000):
        found += messages(response)
    assert found == [f"info line {number}" for number in range(250)]
    everything = client.get_log(project, store, start, start + 1_000, size=-1)
    assert everything.get_count() == 250


def test_select(client, project, store):
    start = put(client, project, store, ["info a", "error b", "error c"])
    select = lambda query: client.get_log(project, store, start, start + 10, query=query)
    answer = select("* | select level, count(*) as n from log group by level order by n desc")
    assert answer.get_has_sql()
    assert [log.get_contents() for log in answer.get_logs()] == [{"level": "error", "n": "2"}, {"level": "info", "n": "1"}]
    with pytest.raises(LogException) as caught:
        select("* | select nosuch from log")
    assert caught.value.get_error_code() == "ParameterInvalid"
    assert "no such column: nosuch" in caught.value.get_error_message()
    assert "(position 12)" in caught.value.get_error_message()
    with pytest.raises(LogException) as caught:
        select("level: (")
    assert "(position 8)" in caught.value.get_error_message()


def test_topics(client, project, store):
    for topic in ["b", "a", "c"]:
        put(client, project, store, ["info x"], topic=topic)
    first = client.list_topics(ListTopicsRequest(project, store, line=2))
    assert first.get_topics() == ["a", "b"]
    assert client.list_topics(ListTopicsRequest(project, store, token=first.get_next_token())).get_topics() == ["c"]


def test_hash_key(client, project, store):
    put(client, project, store, ["info low"], hashKey="0" * 32)
    put(client, project, store, ["info high"], hashKey="f" * 32)
    for shard, line in [(0, "info low"), (1, "info high")]:
        cursor = client.get_begin_cursor(project, store, shard).get_cursor()
        logs = client.pull_logs(project, store, shard, cursor).get_flatten_logs_json()
        assert [log["message"] for log in logs] == [line]


def test_odd_content(client, project, store):
    start = int(time.time())
    long = "x" * 1_000_000
    items = [
        LogItem(start, contents=[("message", "中文 日志 \u0000 😀"), ("", "no name")]),
        LogItem(1, contents=[("message", "from 1970")]),
        LogItem(2**32 - 1, contents=[("message", "from 2106")]),
        LogItem(start, contents=[("message", long)]),
        LogItem(start, contents=[]),
    ]
    client.put_logs(PutLogsRequest(project, store, "", "", items))
    found = client.get_log(project, store, 0, 2**32)
    assert found.get_count() == 5
    contents = [log.get_contents().get("message") for log in found.get_logs()]
    assert contents[0] == "from 1970" and contents[-1] == "from 2106" and long in contents
    assert client.get_log(project, store, start, start + 1, query="日志").get_count() == 1
    assert client.get_log(project, store, start, start + 1, query="😀").get_count() == 1


def test_invalid_bytes_are_repaired(client, project, store):
    # LogGroup { logs { time 5, contents { key "message", value FF 41 } } }
    content = b"\x0a\x07message\x12\x02\xffA"
    log = b"\x08\x05\x12" + bytes([len(content)]) + content
    body = b"\x0a" + bytes([len(log)]) + log
    headers = {"x-log-bodyrawsize": str(len(body)), "Content-Type": "application/x-protobuf"}
    client._send("POST", project, body, f"/logstores/{store}/shards/lb", {}, headers)
    assert messages(client.get_log(project, store, 0, 10)) == ["\ufffdA"]


def test_deflate(client, project, store):
    from aliyun.log.proto import LogGroup

    group = LogGroup()
    log = group.Logs.add()
    log.Time = 7
    content = log.Contents.add()
    content.Key, content.Value = "message", "deflated"
    plain = group.SerializeToString()
    body = zlib.compress(plain)
    headers = {
        "x-log-bodyrawsize": str(len(plain)), "x-log-compresstype": "deflate", "Content-Type": "application/x-protobuf"}
    client._send("POST", project, body, f"/logstores/{store}/shards/lb", {}, headers)
    assert messages(client.get_log(project, store, 0, 10)) == ["deflated"]

    headers["x-log-bodyrawsize"] = str(len(plain) + 1)
    code = refusal(client._send, "POST", project, body, f"/logstores/{store}/shards/lb", {}, dict(headers))
    assert code == "PostBodyUncompressError"


# Cursors and reading shards


def test_pull_from_begin_to_end(client, project, store):
    lines = [f"info line {number}" for number in range(300)]
    for begin in range(0, 300, 50):
        put(client, project, store, lines[begin:begin + 50], topic=f"topic-{begin}", logtags=[("host", "a")])
    found = []
    for shard in [0, 1]:
        cursor = client.get_begin_cursor(project, store, shard).get_cursor()
        end = client.get_end_cursor(project, store, shard).get_cursor()
        while cursor != end:
            response = client.pull_logs(project, store, shard, cursor, count=1, end_cursor=end)
            assert response.get_loggroup_count() == 1
            logs = response.get_flatten_logs_json()
            assert all(log["__tag__:host"] == "a" and log["__topic__"].startswith("topic-") for log in logs)
            found += [log["message"] for log in logs]
            assert response.get_next_cursor() != cursor
            cursor = response.get_next_cursor()
        empty = client.pull_logs(project, store, shard, end)
        assert empty.get_log_count() == 0 and empty.get_next_cursor() == end
    assert sorted(found) == sorted(lines)


def test_pull_filtered_and_plain(client, project, store):
    put(client, project, store, ["info a", "error b"], hashKey="0" * 32)
    cursor = client.get_begin_cursor(project, store, 0).get_cursor()
    filtered = client.pull_logs(project, store, 0, cursor, query="error")
    assert [log["message"] for log in filtered.get_flatten_logs_json()] == ["error b"]
    plain = client.pull_logs(project, store, 0, cursor, compress=False)
    assert plain.get_log_count() == 2


def test_cursor_times(client, project, store):
    before = int(time.time())
    put(client, project, store, ["info a"], hashKey="0" * 32)
    begin = client.get_begin_cursor(project, store, 0).get_cursor()
    end = client.get_end_cursor(project, store, 0).get_cursor()
    assert client.get_cursor(project, store, 0, before - 100).get_cursor() == begin
    assert client.get_cursor(project, store, 0, before + 1_000).get_cursor() == end
    assert 0 <= client.get_cursor_time(project, store, 0, begin).get_cursor_time() - before <= 60
    assert 0 <= client.get_previous_cursor_time(project, store, 0, end).get_cursor_time() - before <= 60
    assert refusal(client.get_cursor_time, project, store, 0, "bm8=") == "InvalidCursor"
    assert refusal(client.pull_logs, project, store, 0, "NDI") == "InvalidCursor"
    assert refusal(client.get_begin_cursor, project, store, 9) == "ShardNotExist"


# Who may


def test_signature_version_4(node, monkeypatch, project):
    client = client_of(node, monkeypatch, auth_version="v4", region="cn-hangzhou")
    client.create_logstore(project, "signed")
    start = put(client, project, "signed", ["info v4"])
    assert messages(client.get_log(project, "signed", start, start + 1, query="v4 or ~a+b")) == ["info v4"]
    assert client.list_project(project_name_pattern=project).get_count() == 1


@pytest.mark.parametrize("version", ["v1", "v4"])
def test_wrong_credentials(node, monkeypatch, project, version):
    monkeypatch.setenv("http_proxy", node.address)
    options = {"auth_version": version, "region": "cn-hangzhou"}
    wrong = LogClient(ENDPOINT, node.key["id"], "wrong", **options)
    assert refusal(wrong.get_project, project) == "SignatureNotMatch"
    unknown = LogClient(ENDPOINT, "nobody", "secret", **options)
    assert refusal(unknown.get_project, project) == "Unauthorized"


# Crashes


def test_acknowledged_writes_survive_a_kill(own_node, monkeypatch):
    client = client_of(own_node, monkeypatch)
    client.create_project("demo", "d")
    client.create_logstore("demo", "web", shard_count=2)
    acknowledged = []
    enough = threading.Event()

    def write(writer):
        own = client_of_thread(own_node)
        for number in itertools.count():
            line = f"info {writer}-{number}"
            try:
                put(own, "demo", "web", [line], start=1_000)
            except LogException:
                return
            acknowledged.append(line)
            if len(acknowledged) >= 60:
                enough.set()

    writers = [threading.Thread(target=write, args=(writer,), daemon=True) for writer in range(4)]
    for writer in writers:
        writer.start()
    assert enough.wait(timeout=60)
    own_node.kill()
    certain = list(acknowledged)

    own_node.start()
    client = client_of(own_node, monkeypatch)
    found = messages(client.get_log("demo", "web", 0, 2_000, size=-1))
    assert set(certain) <= set(found)
    assert len(found) == len(set(found))
    own_node.kill()
    for writer in writers:
        writer.join()


def client_of_thread(node):
    client = LogClient(ENDPOINT, node.key["id"], node.key["secret"])
    client.set_source("tests")
    return client


def test_a_repeat_after_a_crash_is_recognised(own_node, monkeypatch):
    client = client_of(own_node, monkeypatch)
    client.create_project("demo", "d")
    client.create_logstore("demo", "web")
    # The library repeats a request with the same bytes; an item of its own would carry another nanosecond.
    request = PutLogsRequest("demo", "web", "", "", [LogItem(1_000, contents=[("message", "info once")])])
    client.put_logs(request)
    client.put_logs(request)
    assert len(messages(client.get_log("demo", "web", 0, 2_000))) == 2

    own_node.kill()
    own_node.start()
    client = client_of(own_node, monkeypatch)
    # Whether the answer arrived before the crash nobody knows, so the same content counts as a repeat, once.
    client.put_logs(request)
    assert len(messages(client.get_log("demo", "web", 0, 2_000))) == 2
    client.put_logs(request)
    assert len(messages(client.get_log("demo", "web", 0, 2_000))) == 3


# Consumer groups


def test_consumer_groups(client, project, store):
    client.create_consumer_group(project, store, "group", 10, True)
    assert refusal(client.create_consumer_group, project, store, "group", 10) == "ConsumerGroupAlreadyExist"
    assert client.heart_beat(project, store, "group", "one", []).get_shards() == [0, 1]
    cursor = client.get_begin_cursor(project, store, 0).get_cursor()
    client.update_check_point(project, store, "group", 0, cursor, "one", force_success=False)
    assert refusal(client.update_check_point, project, store, "group", 0, cursor, "two", False) == "ConsumerNotMatch"
    found = client.get_check_point(project, store, "group").get_consumer_group_check_points()
    assert [(point["shard"], point["checkpoint"], point["consumer"]) for point in found] == [
        (0, cursor, "one"), (1, "", "")]
    client.update_consumer_group(project, store, "group", 20, False)
    groups = client.list_consumer_group(project, store).get_consumer_groups()
    assert [(g.get_consumer_group_name(), g.get_timeout(), g.is_in_order()) for g in groups] == [("group", 20, False)]
    client.delete_consumer_group(project, store, "group")
    assert refusal(client.heart_beat, project, store, "group", "one", []) == "GroupNotExist"


def test_two_consumers_share_two_shards_and_one_takes_over(node, client, project, store):
    seen = {"one": [], "two": []}
    progress = threading.Condition()

    def processor_of(name):
        class Processor(ConsumerProcessorBase):
            def process(self, log_groups, check_point_tracker):
                lines = [log["message"] for log in log_groups_json(log_groups)]
                with progress:
                    seen[name] += lines
                    progress.notify_all()
                check_point_tracker.save_check_point(True)

        return Processor

    def worker(name):
        option = LogHubConfig(
            ENDPOINT, node.key["id"], node.key["secret"], project, store, "group", name,
            cursor_position=CursorPosition.BEGIN_CURSOR, heartbeat_interval=1, data_fetch_interval=1)
        worker = ConsumerWorker(processor_of(name), option)
        worker.start()
        return worker

    def wait_for(condition):
        with progress:
            assert progress.wait_for(condition, timeout=60), seen

    def everything():
        return set(seen["one"] + seen["two"])

    workers = [worker("one"), worker("two")]
    try:
        written = set()
        # Until both have read something each has a shard.
        for number in range(60):
            for key in ["0" * 32, "f" * 32]:
                line = f"info {number}-{key[0]}"
                put(client, project, store, [line], hashKey=key)
                written.add(line)
            with progress:
                if progress.wait_for(lambda: seen["one"] and seen["two"], timeout=1):
                    break
        wait_for(lambda: written <= everything())
        assert seen["one"] and seen["two"]

        workers[0].shutdown()
        late = {f"info late-{key}" for key in "0f"}
        for key in "0f":
            put(client, project, store, [f"info late-{key}"], hashKey=key * 32)
        wait_for(lambda: late <= set(seen["two"]))
    finally:
        for each in workers:
            each.shutdown()
        for each in workers:
            each.join(timeout=30)


def log_groups_json(log_groups):
    for group in log_groups.LogGroups:
        for log in group.Logs:
            yield {content.Key: content.Value for content in log.Contents}
