"""Runs one function in Python: connects to the node's socket, loads the code, answers invocations.

A message is: length (4 bytes, big-endian, of what follows), header length (4 bytes), header (JSON), body.
"""
import base64
import contextvars
import importlib
import importlib.util
import io
import json
import logging
import os
import queue
import resource
import signal
import socket
import struct
import sys
import threading
import time
import traceback

MESSAGE_BYTE_COUNT_MAX = 34 * 1024 * 1024


class Scope:
    """What one request has written so far."""

    def __init__(self, request_id):
        self.id = request_id
        self.log_byte_count = 0
        self.dropped_byte_count = 0


class Connection:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(os.environ.pop("DUET_SOCKET"))
        self.lock = threading.Lock()

    def send(self, header, body=b""):
        head = json.dumps(header).encode("utf-8", "replace")
        frame = struct.pack(">II", 4 + len(head) + len(body), len(head)) + head
        with self.lock:
            self.socket.sendall(frame + body if len(body) < 65536 else frame)
            if len(body) >= 65536:
                self.socket.sendall(body)

    def receive_exactly(self, count):
        parts = []
        while count:
            part = self.socket.recv(min(count, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def receive(self):
        length, head_length = struct.unpack(">II", self.receive_exactly(8))
        if length < 4 or length > MESSAGE_BYTE_COUNT_MAX or head_length > length - 4:
            raise EOFError
        rest = self.receive_exactly(length - 4)
        return json.loads(rest[:head_length]), rest[head_length:]


connection = Connection()
settings = {}
current = contextvars.ContextVar("scope", default=None)
unattributed = Scope("")
running = {}
running_lock = threading.Lock()
log_lock = threading.RLock()


def log_scope():
    scope = current.get()
    if scope is not None:
        return scope
    with running_lock:
        return next(iter(running.values())) if len(running) == 1 else unattributed


def log(level, text):
    scope = log_scope()
    line = text.encode("utf-8", "replace")
    limit = settings.get("logByteCountMax", 1 << 20)
    with log_lock:
        if scope.log_byte_count + len(line) > limit:
            scope.dropped_byte_count += len(line)
            return
        scope.log_byte_count += len(line)
    connection.send({"type": "log", "id": scope.id, "level": level}, line)


def tell_dropped(scope):
    with log_lock:
        count, scope.dropped_byte_count = scope.dropped_byte_count, 0
    if count:
        text = "%d bytes of output were dropped: an invocation may write %d bytes." % (
            count, settings.get("logByteCountMax", 1 << 20))
        connection.send({"type": "log", "id": scope.id, "level": "WARNING"}, text.encode())


class OutputStream(io.TextIOBase):
    """Standard output and error: whole lines go out with the request that wrote them."""

    LINE_CHARACTER_COUNT_MAX = 65536

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.parts = threading.local()

    encoding = "utf-8"

    def writable(self):
        return True

    def fileno(self):
        return self.descriptor

    def isatty(self):
        return False

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not %s" % type(text).__name__)
        rest = getattr(self.parts, "rest", "") + text
        if "\n" in rest:
            whole, rest = rest.rsplit("\n", 1)
            log("", whole)
        if len(rest) > self.LINE_CHARACTER_COUNT_MAX:
            log("", rest)
            rest = ""
        self.parts.rest = rest
        return len(text)

    def flush_rest(self):
        rest = getattr(self.parts, "rest", "")
        if rest:
            self.parts.rest = ""
            log("", rest)


class LogHandler(logging.Handler):
    def emit(self, record):
        try:
            log(record.levelname, self.format(record))
        except Exception:
            self.handleError(record)


def describe(error):
    trace = traceback.extract_tb(error.__traceback__)
    frames = ['File "%s", line %d, in %s: %s' % (f.filename, f.lineno, f.name, f.line or "") for f in trace
              if f.filename != __file__]
    return {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": frames[-30:]}


class HandlerNotFound(Exception):
    pass


def find_handler(name):
    file, symbol = name.rsplit(".", 1)
    path = os.path.join(settings["codeFolder"], file + ".py")
    if "/" in file or not os.path.exists(path):
        module = importlib.import_module(file.replace("/", "."))
    else:
        module = sys.modules.get(file)
        if module is None or getattr(module, "__file__", None) != path:
            # The user's file wins over a module of Python's own of the same name.
            specification = importlib.util.spec_from_file_location(file, path)
            module = importlib.util.module_from_spec(specification)
            sys.modules[file] = module
            try:
                specification.loader.exec_module(module)
            except BaseException:
                del sys.modules[file]
                raise
    handler = getattr(module, symbol, None)
    if not callable(handler):
        raise HandlerNotFound('"%s" is not callable: %s.py does not define "%s".' % (name, file, symbol))
    return handler


class Attributes:
    def __init__(self, **values):
        self.__dict__.update(values)


class Context:
    def __init__(self, header):
        function, service = settings["function"], settings["service"]
        credentials = header.get("credentials") or {}
        self.request_id = header["id"]
        self.credentials = Attributes(
            access_key_id=credentials.get("accessKeyId", ""), access_key_secret=credentials.get("accessKeySecret", ""),
            security_token=credentials.get("securityToken", ""))
        self.function = Attributes(
            name=function["name"], handler=function["handler"], memory=function["memory"], timeout=function["timeout"],
            initializer=function.get("initializer"), initialization_timeout=function.get("initializationTimeout"))
        self.service = Attributes(
            name=service["name"], log_project=service["logProject"], log_store=service["logStore"],
            qualifier=service["qualifier"], version_id=service["versionId"])
        self.region = settings["region"]
        self.account_id = settings["accountId"]
        self.retry_count = header.get("retryCount", 0)
        self.tracing = Attributes(
            span_context=header.get("traceparent", ""), jaeger_endpoint="", span_baggages={})
        self.logger = logging.getLogger()
        self.ledger = Ledger(self.request_id)
        self.logs = Logs(self.ledger, self.service)


class LedgerError(Exception):
    """The ledger did not do what it was asked."""

    def __init__(self, status, error):
        super().__init__(error["message"])
        self.status = status
        self.code = error["code"]
        self.details = error.get("details", [])
        self.transaction_id = error.get("transactionId")


class Ledger:
    """The ledger, through the instance's own socket."""

    LedgerError = LedgerError

    def __init__(self, request_id):
        self._request_id = request_id

    def evaluate(self, contract, function, *args, channel=None, transient=None, organizations=None):
        """What the contract answers, as bytes; nothing is written."""
        call = self._make_call(contract, function, args, channel, transient, organizations)
        return self._bytes(self._call("POST", "/v1/evaluate", call)["result"])

    def submit(self, contract, function, *args, channel=None, transient=None, organizations=None, idempotency_key=None):
        """Submits a transaction and waits until it stands valid in the ledger; under the same key only once."""
        call = self._make_call(contract, function, args, channel, transient, organizations)
        if idempotency_key is not None:
            call["idempotencyKey"] = idempotency_key
        answer = self._call("POST", "/v1/submit", call)
        if answer["code"] != "VALID":
            raise LedgerError(409, {
                "code": answer["code"], "transactionId": answer["transactionId"],
                "message": "Transaction %(transactionId)s stands in block %(block)d as %(code)s." % answer})
        answer["result"] = self._bytes(answer["result"])
        return answer

    def transaction(self, id, channel=None):
        """Where a transaction stands."""
        from urllib.parse import quote
        query = "" if channel is None else "?channel=" + quote(channel, safe="")
        return self._call("GET", "/v1/transactions/%s%s" % (quote(id, safe=""), query))

    def _make_call(self, contract, function, args, channel, transient, organizations):
        call = {"contract": contract, "function": function, "args": [self._value(value) for value in args]}
        if channel is not None:
            call["channel"] = channel
        if transient:
            call["transient"] = {key: self._value(value) for key, value in transient.items()}
        if organizations:
            call["endorsingOrganizations"] = list(organizations)
        return call

    @staticmethod
    def _value(value):
        """Texts as they are, bytes as base64, other values as JSON."""
        if isinstance(value, str):
            return value
        if isinstance(value, (bytes, bytearray, memoryview)):
            return {"base64": base64.b64encode(value).decode()}
        return json.dumps(value)

    @staticmethod
    def _bytes(value):
        return value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])

    def _call(self, method, target, content=None):
        path = os.environ.get("DUET_LEDGER_SOCKET")
        if not path:
            raise LedgerError(503, {"code": "Unavailable", "message": "There is no ledger: the node runs no network."})
        import http.client
        node = http.client.HTTPConnection("localhost")
        node.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            node.sock.connect(path)
            node.request(method, target, None if content is None else json.dumps(content), {
                "Authorization": "Bearer " + os.environ.get("DUET_LEDGER_TOKEN", ""),
                "Duet-Request-Id": self._request_id})
            response = node.getresponse()
            answer = json.loads(response.read())
        finally:
            node.close()
        if "error" in answer:
            raise LedgerError(response.status, answer["error"])
        return answer


class Logs:
    """The logs of the function's organisation, through the same socket; by default its service's own."""

    def __init__(self, ledger, service):
        self._ledger = ledger
        self._service = service

    def query(self, query="", since=None, until=None, limit=None, offset=None, order=None, project=None, logstore=None):
        """A search gives `entries`, a search with a select gives `rows`."""
        call = {"query": query, "since": since, "until": until, "limit": limit, "offset": offset, "order": order,
                "project": project or self._service.log_project, "logstore": logstore or self._service.log_store}
        return self._ledger._call("POST", "/v1/logs/query", {key: value for key, value in call.items() if value is not None})

    def pull(self, source):
        """Every entry that the `source` of a log trigger's event names, one after another."""
        cursor = source["beginCursor"]
        while True:
            page = self._ledger._call("POST", "/v1/logs/pull", {
                "project": source["projectName"], "logstore": source["logstoreName"], "shard": source["shardId"],
                "beginCursor": cursor, "endCursor": source["endCursor"]})
            yield from page["entries"]
            if page["isComplete"]:
                return
            cursor = page["nextCursor"]


def encode(result):
    if result is None:
        return b""
    if isinstance(result, (bytes, bytearray, memoryview)):
        return bytes(result)
    if isinstance(result, str):
        return result.encode("utf-8")
    return json.dumps(result).encode("utf-8")


class ResponseError(Exception):
    pass


ResponseError.__name__ = "FunctionResponseError"


def make_environ(http, body, context):
    environ = {
        "REQUEST_METHOD": http["method"], "SCRIPT_NAME": "", "PATH_INFO": http["path"].encode("utf-8").decode("latin-1"),
        "QUERY_STRING": http["query"], "CONTENT_TYPE": "", "CONTENT_LENGTH": str(len(body)) if body else "",
        "SERVER_NAME": http["host"].split(":")[0] or "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": http["clientIP"], "HTTP_HOST": http["host"],
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
        "wsgi.multithread": settings["concurrency"] > 1, "wsgi.multiprocess": False, "wsgi.run_once": False,
        "fc.context": context, "fc.request_uri": http["url"],
    }
    for name, value in http["headers"]:
        key = name.upper().replace("-", "_")
        if key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            environ[key] = value
            continue
        key = "HTTP_" + key
        environ[key] = environ[key] + ", " + value if key in environ and key != "HTTP_HOST" else value
    return environ


def run_wsgi(handler, header, body):
    started = []
    written = []

    def start_response(status, headers, exc_info=None):
        if exc_info and exc_info[1] is not None and written:
            raise exc_info[1].with_traceback(exc_info[2])
        started[:] = [str(status), [(str(name), str(value)) for name, value in headers]]
        return lambda data: written.append(encode(data))

    result = handler(make_environ(header["http"], body, Context(header)), start_response)
    try:
        count = 0
        for part in [result] if isinstance(result, (bytes, str)) else (result or []):
            data = encode(part)
            count += len(data)
            if count > settings["answerByteCountMax"]:
                raise ResponseError("The answer has more than %d bytes." % settings["answerByteCountMax"])
            written.append(data)
    finally:
        if hasattr(result, "close"):
            result.close()
    if not started:
        raise ResponseError("The handler returned without calling start_response.")
    status = started[0].split(" ", 1)[0]
    if not status.isdigit():
        raise ResponseError('The status "%s" does not begin with a number.' % started[0])
    return {"http": {"status": int(status), "headers": started[1]}}, b"".join(written)


def finish(scope, header, body=b""):
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, OutputStream):
            stream.flush_rest()
    with running_lock:
        if running.pop(scope.id, None) is None:
            return
    tell_dropped(scope)
    tell_dropped(unattributed)
    unattributed.log_byte_count = 0
    header.update(type="result", id=scope.id, memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    connection.send(header, body)


def invoke(handler, header, body, scope):
    current.set(scope)
    try:
        if header.get("http") is not None:
            answer, data = run_wsgi(handler, header, body)
        else:
            answer, data = {}, encode(handler(body, Context(header)))
            if len(data) > settings["answerByteCountMax"]:
                raise ResponseError("The answer has more than %d bytes." % settings["answerByteCountMax"])
        finish(scope, answer, data)
    except SystemExit as error:
        end_process(error.code if isinstance(error.code, int) else 1)
    except BaseException as error:
        finish(scope, {"error": describe(error)})
    finally:
        current.set(None)


def end_process(status):
    """The function asked to end: its requests are answered by the node, which sees the process go."""
    try:
        connection.socket.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    os._exit(status)


def run_hook(header, name, answer):
    scope = Scope(header["id"])
    current.set(scope)
    failure = None
    try:
        find_handler(name)(Context(header))
    except BaseException as error:
        failure = describe(error)
        if answer == "hookDone":
            log("ERROR", "%s: %s" % (failure["errorType"], failure["errorMessage"]))
    finally:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, OutputStream):
                stream.flush_rest()
        current.set(None)
    tell_dropped(scope)
    connection.send({"type": answer, "error": failure})


def load(header):
    settings.update(header)
    os.environ.update(header["environment"])
    if "TZ" in header["environment"]:
        time.tzset()
    logger = logging.getLogger()
    logger.setLevel(logging.INFO)
    logger.handlers = [LogHandler()]
    try:
        os.chdir(header["codeFolder"])
        # The place of this file is none of the function's business.
        sys.path[0] = header["codeFolder"]
        handler = find_handler(header["handler"])
        connection.send({"type": "loaded"})
        return handler
    except BaseException as error:
        connection.send({"type": "loaded", "error": describe(error)})
        return None


def read_messages(inbox):
    """On a thread of its own, so that a handler that computes for ever still ends with the node."""
    try:
        while True:
            inbox.put(connection.receive())
    except (EOFError, OSError, ValueError):
        try:
            os.killpg(os.getpgrp(), signal.SIGKILL) if os.getpgrp() == os.getpid() else None
        finally:
            os._exit(0)


def main():
    sys.dont_write_bytecode = True
    sys.stdout, sys.stderr = OutputStream(1), OutputStream(2)
    inbox = queue.Queue(maxsize=256)
    threading.Thread(target=read_messages, args=(inbox,), daemon=True).start()
    connection.send({
        "type": "hello", "token": os.environ.pop("DUET_TOKEN", ""), "version": "%d.%d.%d" % sys.version_info[:3]})
    handler = None
    while True:
        header, body = inbox.get()
        kind = header["type"]
        if kind == "load":
            handler = load(header)
        elif kind == "initialize":
            run_hook(header, settings["initializer"], "initialized")
        elif kind == "hook":
            run_hook(header, header["handler"], "hookDone")
        elif kind == "invoke":
            scope = Scope(header["id"])
            with running_lock:
                running[scope.id] = scope
            if settings["concurrency"] > 1:
                threading.Thread(target=invoke, args=(handler, header, body, scope), daemon=True).start()
            else:
                # On the main thread, where signals and event loops work.
                invoke(handler, header, body, scope)


main()
