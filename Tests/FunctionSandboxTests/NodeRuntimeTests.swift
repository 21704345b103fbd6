import Foundation
import FunctionCore
import FunctionTypes
import Testing

@Suite("Node.js functions")
struct NodeRuntimeTests {
    @Test("an event handler answers by callback, by promise, or by value")
    func answers() async throws {
        try await SandboxWorld.run { world in
            let callback = try await world.node("exports.handler = (event, context, callback) => callback(null, event)")
            #expect(await callback.event("héllo").text == "héllo")
            let promise = try await world.node("exports.handler = async (event) => ({ a: event.length })")
            #expect(await promise.event("four").text == #"{"a":4}"#)
            let value = try await world.node("exports.handler = (event) => event.toString('utf8').toUpperCase()")
            #expect(await value.event("abc").text == "ABC")
            let nothing = try await world.node("exports.handler = (event, context) => {}")
            #expect(await nothing.event("x").text == "")
        }
    }

    @Test("the tutorial's handler runs unchanged, its log line arrives with the request")
    func seed() async throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/seed/httpTrigger.js")
        let text = try String(contentsOf: source, encoding: .utf8)
        try await SandboxWorld.run { world in
            let instance = try await world.start(
                ["httpTrigger.js": text], runtime: "nodejs8", handler: "httpTrigger.handler"
            ).instance
            let answer = await instance.http(
                "POST", "/a b", query: [NamedValue("type", "create"), NamedValue("n", "1"), NamedValue("n", "2")],
                headers: [NamedValue("X-A", "1"), NamedValue("x-a", "2"), NamedValue("Content-Type", "text/plain")],
                body: "hi")
            guard case .http(let http) = answer.outcome else {
                Issue.record("\(answer.outcome)")
                return
            }
            #expect(http.status == 200)
            #expect(http.headers == [NamedValue("content-type", "application/json")])
            let body = try JSONValue(parsing: http.body)
            #expect(body["path"] == "/a b")
            #expect(body["queries"] == ["type": "create", "n": ["1", "2"]])
            #expect(body["headers"] == ["x-a": "1, 2", "content-type": "text/plain"])
            #expect(body["method"] == "POST")
            #expect(body["body"] == ["type": "Buffer", "data": [104, 105]])
            #expect(body["url"] == "/a b?type=create&n=1&n=2")
            #expect(body["clientIP"] == "192.0.2.7")
            let line = try #require(world.output.first { $0.requestID == "h1" })
            #expect(line.level == "verbose")
            #expect(line.text == #"{"type":"create","n":["1","2"]}"#)
        }
    }

    @Test("the context tells what runs")
    func context() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.node(
                """
                exports.handler = (event, context, callback) => callback(null, JSON.stringify({
                  id: context.requestId, name: context.function.name, timeout: context.function.timeout,
                  service: context.service.name, account: context.accountId, region: context.region,
                  retry: context.retryCount, env: process.env.A, memory: process.env.FC_MEMORY_SIZE,
                  leaked: Object.keys(process.env).filter((k) => k === 'DUET_SOCKET' || k === 'DUET_TOKEN').length,
                  cwd: require('fs').existsSync('index.js') }))
                """
            ) { $0.environment = ["A": "b"] }
            let json = try JSONValue(parsing: try #require(await instance.event("").text))
            #expect(
                json == [
                    "id": "r1", "name": "list", "timeout": 3, "service": "shop", "account": "Org1MSP",
                    "region": "local",
                    "retry": 0, "env": "b", "memory": "128", "leaked": 0, "cwd": true,
                ])
        }
    }

    @Test("errors are handled, thrown or rejected, and named so")
    func failures() async throws {
        try await SandboxWorld.run { world in
            let handled = try await world.node("exports.handler = (e, c, cb) => cb(new TypeError('no'))")
            let first = await handled.event("")
            #expect(first.failure?.kind == .handled)
            #expect(first.failure?.errorType == "TypeError")
            #expect(first.failure?.message == "no")
            #expect(first.isInstanceUsable)
            let thrown = try await world.node("exports.handler = (e, c, cb) => { throw new Error('bang') }")
            #expect(await thrown.event("").failure?.kind == .unhandled)
            #expect(await thrown.event("").failure?.stackTrace.isEmpty == false)
            let rejected = try await world.node("exports.handler = async () => { throw 'text' }")
            #expect(await rejected.event("").failure?.message == "text")
        }
    }

    @Test("an error that nobody catches fails the request and ends the instance")
    func uncaught() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.node(
                "exports.handler = (e, c, cb) => { setTimeout(() => { throw new RangeError('late') }, 1) }")
            let answer = await instance.event("")
            #expect(answer.failure?.errorType == "RangeError")
            await instance.end(isGraceful: false)
            #expect(world.endCount == 1)
        }
    }

    @Test("code that cannot be loaded fails the start with its reason")
    func loading() async throws {
        try await SandboxWorld.run { world in
            for (text, type) in [
                ("syntax error here", "SyntaxError"), ("exports.other = 1", "HandlerNotFound"),
                ("require('nowhere')", "Error"),
            ] {
                await #expect {
                    _ = try await world.node(text)
                } throws: { error in
                    guard case .function(let failure) = error as? InstanceStartFailure else { return false }
                    return failure.kind == .unhandledInitialization && failure.errorType == type
                }
            }
            #expect(world.processCount() == 0)
        }
    }

    @Test("the initializer runs once, before the first request, within its time")
    func initializer() async throws {
        try await SandboxWorld.run { world in
            let started = try await world.start([
                "index.js":
                    "let n = 0; exports.init = (c, cb) => { n += 1; cb() }; exports.handler = (e, c, cb) => cb(null, String(n))"
            ]) { $0.initializer = "index.init" }
            #expect(await started.instance.event("").text == "1")
            #expect(await started.instance.event("").text == "1")
            #expect(started.measurement.initializer > .zero)
            await #expect {
                _ = try await world.start([
                    "index.js": "exports.init = (c, cb) => cb(new Error('no')); exports.handler = () => {}"
                ]) {
                    $0.initializer = "index.init"
                }
            } throws: { error in
                guard case .function(let failure) = error as? InstanceStartFailure else { return false }
                return failure.kind == .handledInitialization && failure.message == "no"
            }
            await #expect {
                _ = try await world.start(["index.js": "exports.init = () => { for (;;); }; exports.handler = () => {}"]
                ) {
                    $0.initializer = "index.init"
                    $0.initializationTimeoutSeconds = 1
                }
            } throws: { error in
                guard case .function(let failure) = error as? InstanceStartFailure else { return false }
                return failure.errorType == FunctionFailure.timeoutType
            }
        }
    }

    @Test("requests at once in one instance keep their own log lines")
    func concurrency() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.node(
                """
                const waiting = [];
                exports.handler = async (event) => {
                  await new Promise((done) => { if (waiting.push(done) === 3) waiting.reverse().forEach((f) => f()) });
                  console.log('line of ' + event);
                  return event;
                }
                """
            ) { $0.instanceConcurrency = 3 }
            let texts = await withTaskGroup(of: String?.self) { group in
                for index in 0..<3 { group.addTask { await instance.event("e\(index)", id: "q\(index)").text } }
                return await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(texts == ["e0", "e1", "e2"])
            for index in 0..<3 {
                #expect(world.output.contains { $0.requestID == "q\(index)" && $0.text == "line of e\(index)" })
            }
        }
    }

    @Test("an HTTP handler's answer goes out byte for byte, streams too")
    func httpAnswers() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.node(
                """
                const { Readable } = require('stream');
                exports.handler = (request, response) => {
                  response.setStatusCode(201);
                  response.setHeader('Set-Cookie', ['a=1', 'b=2']);
                  response.setHeader('X-Gone', '1');
                  response.deleteHeader('x-gone');
                  response.send(Readable.from([Buffer.from([0, 255]), 'x']));
                }
                """)
            let answer = await instance.http()
            #expect(
                answer.outcome
                    == .http(
                        HTTPAnswer(
                            status: 201, headers: [NamedValue("Set-Cookie", "a=1"), NamedValue("Set-Cookie", "b=2")],
                            body: [0, 255, 120])))
        }
    }

    @Test("raw-body is there in all its calling forms")
    func rawBody() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.node(
                """
                const raw = require('raw-body');
                const { Readable } = require('stream');
                const of = () => Readable.from([Buffer.from('hé'), Buffer.from('llo')], { objectMode: false });
                const wait = (f) => new Promise((done) => f((error, data) => done(error ? error.type : data)));
                exports.handler = async () => JSON.stringify([
                  (await raw(of())).toString(), await raw(of(), 'utf8'), await raw(of(), true), await raw(of(), { encoding: 'latin1' }),
                  (await wait((cb) => raw(of(), cb))).toString(), await wait((cb) => raw(of(), { encoding: 'utf8' }, cb)),
                  await wait((cb) => raw(of(), { limit: 3 }, cb)), await wait((cb) => raw(of(), { limit: '1kb', length: 6 }, cb)).then(String),
                  await wait((cb) => raw(of(), { length: 5 }, cb)), await wait((cb) => raw(of(), { length: '9', limit: '5b' }, cb)),
                  await wait((cb) => raw(of(), 'nonsense', cb)), (() => { try { raw() } catch (e) { return e.message } })(),
                ])
                """)
            let json = try JSONValue(parsing: try #require(await instance.event("").text))
            #expect(
                json == [
                    "héllo", "héllo", "héllo", "hÃ©llo", "héllo", "héllo", "entity.too.large", "héllo",
                    "request.size.invalid",
                    "entity.too.large", "encoding.unsupported", "argument stream is required",
                ])
        }
    }

    @Test("hooks run before freezing and stopping")
    func hooks() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.node(
                "exports.freeze = (c, cb) => { console.log('freezing'); cb() }; exports.stop = async () => { console.log('stopping') }; exports.handler = () => 1"
            ) {
                $0.preFreeze = LifecycleHook(handler: "index.freeze")
                $0.preStop = LifecycleHook(handler: "index.stop")
            }
            await instance.freeze()
            #expect(world.output.contains { $0.text == "freezing" })
            await instance.end(isGraceful: true)
            #expect(world.output.contains { $0.text == "stopping" })
            #expect(world.processCount() == 0)
        }
    }

    @Test("modules in the newer form are loaded too")
    func modules() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.start(["index.mjs": "export const handler = async () => 'esm'"]).instance
            #expect(await instance.event("").text == "esm")
        }
    }
}
