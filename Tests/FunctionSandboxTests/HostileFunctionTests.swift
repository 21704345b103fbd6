import Foundation
import FunctionCore
import FunctionSandbox
import FunctionTypes
import Synchronization
import Testing

@Suite("Functions that misbehave", .serialized)
struct HostileFunctionTests {
    @Test(
        "a function that computes for ever is timed out and gone, children and all", arguments: ["nodejs20", "python3"])
    func endlessLoop(runtime: String) async throws {
        try await SandboxWorld.run { world in
            let node = """
                const { spawn } = require('child_process');
                exports.handler = () => { spawn('sh', ['-c', 'trap "" TERM HUP; setsid env -i sleep 4711.5 & sleep 1000']); for (;;); }
                """
            let python = """
                import signal, subprocess
                def handler(event, context):
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    subprocess.Popen(['setsid', 'sleep', '4711.5'], env={})
                    while True: pass
                """
            let instance = try await world.start(
                runtime == "python3" ? ["index.py": python] : ["index.js": node], runtime: runtime
            ).instance
            let answer = await instance.event("", timeout: .seconds(1))
            #expect(answer.failure?.errorType == FunctionFailure.timeoutType)
            #expect(answer.failure?.message.contains("1 seconds") == true)
            #expect(!answer.isInstanceUsable)
            await instance.end(isGraceful: false)
            #expect(world.processCount() == 0)
            #expect(world.processCount(of: "sleep 4711.5") == 0)
            #expect(world.endCount == 1)
        }
    }

    @Test(
        "a function that ends its process fails its request",
        arguments: ["process.exit(3)", "process.kill(process.pid, 'SIGKILL')", "process.abort()"])
    func exits(statement: String) async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.node("exports.handler = () => { \(statement) }")
            let answer = await instance.event("")
            #expect(answer.failure?.errorType == FunctionFailure.exitType)
            #expect(answer.failure?.message.hasPrefix("Process exited unexpectedly before completing request") == true)
            #expect(!answer.isInstanceUsable)
            let second = await instance.event("", id: "r2")
            #expect(!second.isInstanceUsable)
            await instance.end(isGraceful: false)
            #expect(world.endCount == 1)
        }
    }

    @Test("a Python function that exits fails its request", arguments: ["os._exit(1)", "sys.exit()", "os.abort()"])
    func pythonExits(statement: String) async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.python("import os, sys\ndef handler(event, context):\n    \(statement)")
            let answer = await instance.event("")
            #expect(answer.failure?.errorType == FunctionFailure.exitType)
            await instance.end(isGraceful: false)
            #expect(world.endCount == 1)
        }
    }

    @Test("of a flood of output the first megabyte is kept and the rest counted")
    func floods() async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.node(
                "exports.handler = () => { const line = 'x'.repeat(1e5); for (let i = 0; i < 2000; i++) console.log(line); return 'done' }"
            )
            #expect(await instance.event("").text == "done")
            let lines = world.output.filter { $0.requestID == "r1" }
            #expect(lines.reduce(0) { $0 + $1.text.utf8.count } < 2 << 20)
            #expect(lines.last?.text.contains("bytes of output were dropped") == true)
            let child = try await world.node(
                "exports.handler = () => { require('child_process').spawnSync('sh', ['-c', 'head -c 300000000 /dev/zero'], { stdio: 'inherit' }); return 'done' }"
            )
            #expect(await child.event("", id: "r2").text == "done")
            #expect(world.output.reduce(0) { $0 + $1.text.utf8.count } < 5 << 20)
        }
    }

    @Test(
        "answers that cannot be sent are refused",
        arguments: [
            "response.setStatusCode(99)", "response.setStatusCode('x')", "response.setHeader('bad name', '1')",
            "response.setHeader('a', 'x\\r\\ny: z')", "response.setHeader('a', 'x'.repeat(9000))",
        ])
    func malformedAnswers(statement: String) async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.node(
                "exports.handler = (request, response) => { \(statement); response.send('x') }")
            let answer = await instance.http()
            #expect(answer.failure?.errorType == FunctionFailure.responseType)
            #expect(answer.isInstanceUsable)
        }
    }

    @Test("answers over the limit are refused", arguments: ["nodejs20", "python3"])
    func hugeAnswer(runtime: String) async throws {
        try await SandboxWorld.run { world in
            let instance = try await world.start(
                runtime == "python3"
                    ? [
                        "index.py":
                            "def handler(environ, start):\n    start('200 OK', [])\n    return [b'x' * (1 << 20)] * 33"
                    ]
                    : ["index.js": "exports.handler = (q, r) => r.send(Buffer.alloc(33 << 20))"], runtime: runtime
            ).instance
            #expect(await instance.http().failure?.errorType == FunctionFailure.responseType)
        }
    }

    @Test("an instance that speaks rubbish on its socket is cut off")
    func rubbish() async throws {
        try await SandboxWorld.run { world in
            // The descriptor of the bootstrap's own connection is found by trying.
            let instance = try await world.node(
                """
                const fs = require('fs');
                exports.handler = () => {
                  for (let fd = 3; fd < 64; fd++) {
                    try { if (fs.readlinkSync('/proc/self/fd/' + fd).startsWith('socket:')) fs.writeSync(fd, Buffer.alloc(64, 255)) } catch (e) {}
                  }
                }
                """)
            let answer = await instance.event("")
            #expect(answer.failure?.errorType == FunctionFailure.exitType)
            await instance.end(isGraceful: false)
            #expect(world.processCount() == 0)
        }
    }

    @Test("code that computes for ever while it is loaded does not stay")
    func endlessLoading() async throws {
        try await SandboxWorld.run(startTimeout: .seconds(2)) { world in
            await #expect(throws: InstanceStartFailure.self) { _ = try await world.node("for (;;);") }
            #expect(world.processCount() == 0)
        }
    }

    @Test("cancelling the runtime ends every process")
    func cancelled() async throws {
        let kept = Mutex<SandboxWorld?>(nil)
        try await SandboxWorld.run { world in
            _ = try await world.node("setInterval(() => {}, 1000); exports.handler = () => 1")
            _ = try await world.python("def handler(e, c): pass")
            #expect(world.processCount() >= 2)
            kept.withLock { $0 = world }
        }
        let world = try #require(kept.withLock { $0 })
        #expect(world.processCount() == 0)
        #expect(world.endCount == 2)
    }
}
