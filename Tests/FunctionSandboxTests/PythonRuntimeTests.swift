import FunctionCore
import FunctionTypes
import Testing

@Suite("Python functions")
struct PythonRuntimeTests {
    @Test("an event handler gets bytes and answers bytes, text or JSON")
    func answers() async throws {
        try await SandboxWorld.run { world in
            let bytes = try await world.python("def handler(event, context):\n    return event[::-1]")
            #expect(await bytes.event("abc").text == "cba")
            let text = try await world.python("def handler(event, context):\n    return 'é' + event.decode()")
            #expect(await text.event("x").text == "éx")
            let json = try await world.python("def handler(event, context):\n    return {'n': [1, None, True]}")
            #expect(await json.event("").text == #"{"n": [1, null, true]}"#)
            let nothing = try await world.python("def handler(event, context):\n    pass")
            #expect(await nothing.event("").text == "")
        }
    }

    @Test("the context and the environment tell what runs")
    func context() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.python(
                """
                import os, sys
                def handler(event, c):
                    return '|'.join([c.request_id, c.function.name, str(c.function.memory), c.service.name, c.service.qualifier,
                        c.account_id, c.region, c.credentials.access_key_id, os.environ['A'], str('DUET_TOKEN' in os.environ),
                        str(os.path.exists('index.py')), str(any('/b' == p[-2:] for p in sys.path))])
                """
            ) { $0.environment = ["A": "b"] }
            #expect(await instance.event("").text == "r1|list|128|shop|LATEST|Org1MSP|local||b|False|True|False")
        }
    }

    @Test("an exception is an unhandled failure with its class and place")
    func failures() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.python("def handler(event, context):\n    raise KeyError('k')")
            let answer = await instance.event("")
            #expect(answer.failure?.kind == .unhandled)
            #expect(answer.failure?.errorType == "KeyError")
            #expect(answer.failure?.stackTrace.first?.contains("line 2") == true)
            #expect(answer.isInstanceUsable)
            #expect(await instance.event("").failure?.errorType == "KeyError")
        }
    }

    @Test("printed and logged lines travel with their request")
    func output() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.python(
                """
                import logging, sys
                def handler(event, context):
                    print('one'); print('two', end=''); sys.stderr.write('err\\n')
                    logging.getLogger().info('logged %d', 5)
                    context.logger.warning('careful')
                """)
            _ = await instance.event("")
            let lines = world.output.filter { $0.requestID == "r1" }.map { "\($0.level ?? "-") \($0.text)" }
            #expect(lines == ["- one", "- err", "INFO logged 5", "WARNING careful", "- two"])
        }
    }

    @Test("WSGI handlers see the request and answer in parts")
    func wsgi() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.python(
                """
                class handler:
                    def __init__(self, environ, start_response):
                        self.environ, self.start = environ, start_response
                    def __iter__(self):
                        e = self.environ
                        self.start('201 Created', [('X-A', '1'), ('X-A', '2')])
                        yield e['REQUEST_METHOD'].encode() + b' ' + e['PATH_INFO'].encode() + b'?' + e['QUERY_STRING'].encode()
                        yield b' ' + e['HTTP_X_B'].encode() + b' ' + e['CONTENT_LENGTH'].encode() + b' ' + e['wsgi.input'].read()
                        yield b' ' + e['fc.request_uri'].encode() + b' ' + e['fc.context'].request_id.encode()
                """)
            let answer = await instance.http(
                "PUT", "/p", query: [NamedValue("a", "1")], headers: [NamedValue("x-b", "c")], body: "data")
            #expect(
                answer.outcome
                    == .http(
                        HTTPAnswer(
                            status: 201, headers: [NamedValue("X-A", "1"), NamedValue("X-A", "2")],
                            body: Array("PUT /p?a=1 c 4 data /p?a=1 h1".utf8))))
            let empty = try await world.python(
                "def handler(environ, start_response):\n    start_response('200 OK', [])\n    return [environ['CONTENT_LENGTH'].encode() or b'none']"
            )
            let emptyText = await empty.http().text
            #expect(emptyText == "none")
            let silent = try await world.python("def handler(environ, start_response):\n    return [b'x']")
            #expect(await silent.http().failure?.errorType == FunctionFailure.responseType)
        }
    }

    @Test("the initializer runs once; requests may run at once")
    func initializerAndThreads() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.python(
                """
                import threading
                count, barrier = [], threading.Barrier(3)
                def init(context):
                    count.append(context.request_id)
                def handler(event, context):
                    barrier.wait(20)
                    print('line', event.decode())
                    return str(len(count)).encode() + event
                """
            ) {
                $0.initializer = "index.init"
                $0.instanceConcurrency = 3
            }
            let texts = await withTaskGroup(of: String?.self) { group in
                for index in 0..<3 { group.addTask { await instance.event("e\(index)", id: "q\(index)").text } }
                return await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(texts == ["1e0", "1e1", "1e2"])
            for index in 0..<3 {
                #expect(world.output.contains { $0.requestID == "q\(index)" && $0.text == "line e\(index)" })
            }
        }
    }

    @Test("code that cannot be loaded fails the start with its reason")
    func loading() async throws {
        try await SandboxWorld.run { world in
            for (text, type) in [
                ("def handler(", "SyntaxError"), ("x = 1", "HandlerNotFound"),
                ("import nowhere", "ModuleNotFoundError"), ("exit(3)", "SystemExit"),
            ] {
                await #expect {
                    _ = try await world.python(text)
                } throws: { error in
                    guard case .function(let failure) = error as? InstanceStartFailure else { return false }
                    return failure.errorType == type
                }
            }
            #expect(world.processCount() == 0)
        }
    }
}
