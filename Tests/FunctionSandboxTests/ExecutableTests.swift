import Foundation
import FunctionCore
import FunctionTypes
import Testing

@testable import FunctionSandbox

@Suite("Executables as functions")
struct ExecutableTests {
    private static let lambda = """
        #!/usr/bin/python3
        import http.client, json, os
        api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
        base = '/2018-06-01/runtime/invocation/'

        def call(method, path, body=None):
            api.request(method, path, body)
            answer = api.getresponse()
            return answer.status, answer.headers, answer.read()

        while True:
            status, headers, event = call('GET', base + 'next')
            id = headers['Lambda-Runtime-Aws-Request-Id']
            if event == b'fail':
                call('POST', base + id + '/error', json.dumps({'errorType': 'Asked', 'errorMessage': 'no', 'stackTrace': ['a']}))
            elif event == b'exit':
                os._exit(3)
            elif event == b'extend':
                status, _, body = call('POST', '/2020-01-01/extension/register', b'{}')
                call('POST', base + id + '/response', str(status).encode() + b' ' + body)
            elif event == b'huge':
                try:
                    call('POST', base + id + '/response', b'x' * (40 << 20))
                except OSError:
                    pass
                api.close()
            elif event == b'flood':
                # Bodies that never end, on more connections than anybody needs.
                import socket
                host, port = os.environ['AWS_LAMBDA_RUNTIME_API'].split(':')
                many = []
                try:
                    for number in range(300):
                        s = socket.create_connection((host, int(port)), 2)
                        s.settimeout(2)
                        many.append(s)
                        s.sendall(b'POST /x HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 30000000\\r\\n\\r\\n' + b'x' * (1 << 20))
                except OSError:
                    pass
                for s in many: s.close()
                call('POST', base + id + '/response', b'flooded')
            elif event == b'hang up':
                # Asks for work on a second connection and goes away; the node has closed it, too, before the answer.
                import socket
                second = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
                second.request('GET', base + 'next')
                second.sock.shutdown(socket.SHUT_WR)
                second.sock.recv(1)
                call('POST', base + id + '/response', b'')
            elif event == b'twice':
                first = call('POST', base + id + '/response', b'once')[0]
                print('second', call('POST', base + id + '/response', b'twice')[0], first, call('GET', '/none')[0], flush=True)
            else:
                call('POST', base + id + '/response', event[::-1] + os.environ['_HANDLER'].encode() + os.environ['A'].encode())
        """

    @Test("a client of the Lambda Runtime API takes events, answers and fails", arguments: [true, false])
    func lambdaRuntime(isConfined: Bool) async throws {
        try await SandboxWorld.run(isConfined: isConfined) { world in
            let started = try await world.start(
                ["bootstrap": Self.lambda], runtime: "provided.al2023", handler: "app.main"
            ) { $0.environment = ["A": "!"] }
            #expect(await started.instance.event("abc").text == "cbaapp.main!")
            let failure = await started.instance.event("fail", id: "r2").failure
            #expect(
                failure == FunctionFailure(.unhandled, errorType: "Asked", message: "no", stackTrace: ["a"]))
            #expect(await started.instance.event("twice", id: "r3").text == "once")
            #expect(await started.instance.event("abc", id: "r4").text == "cbaapp.main!")
            #expect(world.output.contains { $0.text == "second 400 202 404" })
            let refusal = await started.instance.event("extend", id: "r6").text
            #expect(refusal?.hasPrefix("404 ") == true && refusal?.contains("runs no extensions") == true)
            let huge = await started.instance.event("huge", id: "r9").failure
            #expect(huge?.errorType == "Function.ResponseSizeTooLarge")
            #expect(await started.instance.event("flood", id: "r10", timeout: .seconds(60)).text == "flooded")
            _ = await started.instance.event("hang up", id: "r7")
            #expect(await started.instance.event("abc", id: "r8").text == "cbaapp.main!")
            let exited = await started.instance.event("exit", id: "r5")
            #expect(exited.failure?.errorType == FunctionFailure.exitType)
            #expect(!exited.isInstanceUsable)
        }
    }

    private static let server = """
        #!/usr/bin/python3
        import http.server, os

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def log_message(self, *values): pass
            def answer(self):
                body = self.rfile.read(int(self.headers['content-length'] or 0))
                control = self.headers['x-fc-control-path']
                print(control, self.headers['x-fc-request-id'], flush=True)
                failed = body == b'fail'
                text = b'not today' if failed else b' '.join([self.command.encode(), self.path.encode(), body])
                self.send_response(404 if failed else 201 if control == '/http-invoke' else 200)
                self.send_header('x-fc-status', '404' if failed else '200')
                self.send_header('x-own', self.headers.get('x-asked', ''))
                self.send_header('content-length', str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            do_GET = do_POST = do_PUT = answer

        http.server.ThreadingHTTPServer(('0.0.0.0', int(os.environ['FC_SERVER_PORT'])), Handler).serve_forever()
        """

    @Test("a server on Function Compute's port takes events, requests and hooks", arguments: [true, false])
    func customServer(isConfined: Bool) async throws {
        try await SandboxWorld.run(isConfined: isConfined) { world in
            let started = try await world.start(["bootstrap": Self.server], runtime: "custom", handler: "none") {
                $0.initializer = "any.thing"
                $0.preStop = LifecycleHook(handler: "any.thing")
                $0.instanceConcurrency = 10
            }
            #expect(await started.instance.event("e").text == "POST /invoke e")
            let failure = await started.instance.event("fail", id: "r2").failure
            #expect(failure?.message == "not today")
            let http = await started.instance.http(
                "PUT", "/a b/c", query: [NamedValue("q", "1")], headers: [NamedValue("x-asked", "yes")], body: "data")
            guard case .http(let answer) = http.outcome else {
                Issue.record("\(http.outcome)")
                return
            }
            #expect(answer.status == 201)
            #expect(answer.headers.contains(NamedValue("x-own", "yes")))
            #expect(String(decoding: answer.body, as: UTF8.self) == "PUT /a%20b/c?q=1 data")
            let texts = await withTaskGroup(of: String?.self) { group in
                for index in 0..<10 {
                    group.addTask { await started.instance.event("\(index)", id: "q\(index)").text }
                }
                return await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(texts.count == 10 && !texts.contains(nil))
            await started.instance.end(isGraceful: true)
            let lines = world.output.map(\.text)
            #expect(lines.contains { $0.hasPrefix("/initialize init-") })
            #expect(lines.contains { $0.hasPrefix("/pre-stop prestop-") })
        }
    }

    @Test("a package without an executable, and one whose executable ends, say so")
    func broken() async throws {
        try await SandboxWorld.run { world in
            for (files, type) in [
                (["other": "text"], "HandlerNotFound"), (["bootstrap": "#!/bin/sh\nexit 3"], FunctionFailure.exitType),
            ] {
                await #expect {
                    _ = try await world.start(files, runtime: "custom")
                } throws: { error in
                    guard case .function(let failure) = error as? InstanceStartFailure else { return false }
                    return failure.errorType == type
                }
            }
            #expect(world.processCount() == 0)
        }
    }

    @Test("a Swift program takes events, logs with their id, and fails in its own words", arguments: [true, false])
    func swiftFunction(isConfined: Bool) async throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: "swift-function")
        // Built for tests it needs the compiler's libraries, which it finds beside itself.
        let files = try Self.libraries(of: program).merging(["bootstrap": program]) { library, _ in library }
        try await SandboxWorld.run(isConfined: isConfined) { world in
            let started = try await world.start(
                ["bootstrap": "replaced"], runtime: "custom", copying: files
            ) { $0.initializer = "any.thing" }
            #expect(await started.instance.event("hello").text == "shop/list: HELLO")
            #expect(world.output.contains { $0.requestID == "r1" && $0.level == "info" && $0.text == "took hello" })
            #expect(world.output.contains { $0.text == "list is ready" })
            let failure = await started.instance.event("fail", id: "r2").failure
            #expect(failure?.errorType == "AskedTo")
            #expect(failure?.kind == .handled)
            #expect(await started.instance.event("ledger", id: "r3").failure?.message.contains("no ledger") == true)
            guard case .http(let refused) = await started.instance.http("PUT").outcome,
                case .http(let failed) = await started.instance.http("GET", "/a").outcome
            else {
                Issue.record("requests were not answered")
                return
            }
            #expect(refused.status == 405)
            #expect(failed.status == 502)
            #expect(String(decoding: failed.body, as: UTF8.self).contains("no ledger"))
        }
    }

    /// The shared libraries of a program that lie outside the system's folders, by name.
    private static func libraries(of program: URL) throws -> [String: URL] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ldd")
        process.arguments = [program.path()]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        var libraries: [String: URL] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count > 2, parts[1] == "=>", parts[2].hasPrefix("/"), !parts[2].hasPrefix("/lib"),
                !parts[2].hasPrefix("/usr/lib")
            else { continue }
            libraries[String(parts[0]).trimmingCharacters(in: .whitespaces)] = URL(filePath: String(parts[2]))
        }
        return libraries
    }
}
