import Foundation
import FunctionCore
import FunctionTypes
import Testing

@testable import FunctionSandbox

/// How the node learns what an instance holds.
enum Holding: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case cgroup
    case sampling

    var testDescription: String { rawValue }

    /// Where no group can be made, as for most users, there is nothing to try.
    static let available: [Holding] = {
        guard let tree = CgroupTree.establish(nodeName: "test-\(getpid())") else { return [.sampling] }
        tree.remove()
        return allCases
    }()
}

@Suite("Limits of functions", .serialized)
struct LimitTests {
    private static let allocations = [
        ("native memory", "import time\ndef handler(e, c):\n    x = b'x' * (400 << 20)\n    time.sleep(60)"),
        (
            "a child's memory",
            "import subprocess, sys\ndef handler(e, c):\n    subprocess.run([sys.executable, '-c', "
                + "\"import time; x = b'x' * (400 << 20); time.sleep(60)\"])\n    return 'the child is gone'"
        ),
        (
            "shared memory",
            "import mmap, time\ndef handler(e, c):\n    x = mmap.mmap(-1, 400 << 20)\n"
                + "    for page in range(0, 400 << 20, 4096): x[page] = 1\n    time.sleep(60)"
        ),
    ]

    @Test("memory beyond the limit ends a function, whoever took it", arguments: Holding.available, allocations)
    func memory(holding: Holding, allocation: (name: String, code: String)) async throws {
        try await SandboxWorld.run(hasCgroups: holding == .cgroup) { world in
            let instance = try await world.python(allocation.code)
            let answer = await instance.event("")
            #expect(answer.failure?.errorType == FunctionFailure.memoryType, "\(allocation.name): \(answer)")
            #expect(answer.failure?.message.contains("its limit is 128 MB") == true)
            #expect(answer.memoryByteCountPeak > 128 << 20)
            #expect(!answer.isInstanceUsable)
            await instance.end(isGraceful: false)
            #expect(world.processCount() == 0)
        }
    }

    @Test("a buffer beyond the limit ends a function", arguments: Holding.available)
    func buffer(holding: Holding) async throws {
        try await SandboxWorld.run(hasCgroups: holding == .cgroup) { world in
            let instance = try await world.node(
                "exports.handler = (e, c, callback) => { globalThis.kept = Buffer.alloc(400 << 20, 1); setTimeout(callback, 60000) }"
            )
            #expect(await instance.event("").failure?.errorType == FunctionFailure.memoryType)
        }
    }

    @Test("memory within the limit is a function's to use, and is told", arguments: Holding.available)
    func allowedMemory(holding: Holding) async throws {
        try await SandboxWorld.run(hasCgroups: holding == .cgroup) { world in
            let instance = try await world.python(
                "import os, subprocess, sys\ndef handler(e, c):\n    x = b'x' * (200 << 20)\n    return str(len(x))"
            ) { $0.memoryMegabytes = 512 }
            let answer = await instance.event("")
            #expect(answer.text == "\(200 << 20)")
            #expect(answer.memoryByteCountPeak > 200 << 20)
            #expect(answer.memoryByteCountPeak < 512 << 20)
        }
    }

    @Test("a function that is timed out or ends its process has its memory told", arguments: Holding.available)
    func memoryOfFailures(holding: Holding) async throws {
        try await SandboxWorld.run(hasCgroups: holding == .cgroup) { world in
            let code = """
                import os, time
                def handler(event, context):
                    x = b'x' * (60 << 20)
                    time.sleep(float(event))
                    os._exit(3)
                """
            let late = try await world.python(code)
            let timedOut = await late.event("60", timeout: .seconds(1))
            #expect(timedOut.failure?.errorType == FunctionFailure.timeoutType)
            #expect(timedOut.memoryByteCountPeak > 60 << 20)
            let gone = try await world.python(code)
            let exited = await gone.event("0.4")
            #expect(exited.failure?.errorType == FunctionFailure.exitType)
            #expect(exited.memoryByteCountPeak > 60 << 20)
        }
    }

    @Test("a fork bomb ends, and leaves no process behind", arguments: Holding.available)
    func forkBomb(holding: Holding) async throws {
        try await SandboxWorld.run(hasCgroups: holding == .cgroup) { world in
            let bystander = try await world.python("def handler(event, context):\n    return event")
            let instance = try await world.python(
                """
                import subprocess
                def handler(event, context):
                    subprocess.run(['sh', '-c', 'b() { b | b & }; b; sleep 60'], stderr=subprocess.DEVNULL)
                """)
            let answer = await instance.event("")
            #expect(answer.failure?.errorType == FunctionFailure.processLimitType)
            #expect(!answer.isInstanceUsable)
            #expect(await bystander.event("here", id: "r2").text == "here")
            await instance.end(isGraceful: false)
            await bystander.end(isGraceful: false)
            #expect(world.processCount() == 0)
        }
    }

    @Test("a function without a sandbox is held to its limits too", arguments: Holding.available)
    func unconfined(holding: Holding) async throws {
        try await SandboxWorld.run(isConfined: false, hasCgroups: holding == .cgroup) { world in
            let instance = try await world.python(Self.allocations[1].1)
            #expect(await instance.event("").failure?.errorType == FunctionFailure.memoryType)
            await instance.end(isGraceful: false)
            #expect(world.processCount() == 0)
        }
    }

    @Test("what is over a limit is judged once, and nothing before a function is in")
    func judging() {
        func notes(_ judge: inout LimitJudge, memory: Int, processes: Int, wasKilled: Bool = false) -> Bool {
            judge.note(
                InstanceUsage(memoryByteCount: memory, processCount: processes, wasKilledByKernel: wasKilled))
        }
        var judge = LimitJudge()
        let before = notes(&judge, memory: 1 << 40, processes: 1)
        judge.limits = InstanceLimits(memoryMegabytes: 128)
        let within = notes(&judge, memory: 128 << 20, processes: 256)
        let beyond = notes(&judge, memory: 1, processes: 257)
        let again = notes(&judge, memory: 1, processes: 5000)
        #expect([before, within, beyond, again] == [false, false, true, false])
        #expect(judge.breach == .processes(count: 257))
        var killed = LimitJudge()
        killed.limits = InstanceLimits(memoryMegabytes: 128)
        #expect(notes(&killed, memory: 5, processes: 1, wasKilled: true))
        #expect(killed.breach == .memory(byteCount: 5))
    }
}
