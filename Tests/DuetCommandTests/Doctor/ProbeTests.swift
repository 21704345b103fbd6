import Foundation
import FunctionSandbox
import Testing

@testable import DuetCommand

@Suite("Doctor's probes")
struct ProbeTests {
    @Test(
        "an interpreter is judged by its version",
        arguments: [
            ("20.20.2 /usr/bin/node", Check.Status.ok),
            ("18.0.0 /opt/node 18/bin/node", .ok),
            ("16.20.0 /usr/bin/node", .missing),
            ("v20 /usr/bin/node", .missing),
            ("20", .missing),
            ("", .missing),
            ("99999999999999999999.1 /usr/bin/node", .missing),
        ])
    func interpreterVersion(answer: String, expected: Check.Status) {
        #expect(InterpreterProbe.judge(InterpreterProbe.node, answer: answer).status == expected)
    }

    @Test("the lower part of a version counts where the minimum has one")
    func minorVersion() {
        #expect(InterpreterProbe.judge(InterpreterProbe.python, answer: "3.8.9 /usr/bin/python3").status == .missing)
        #expect(InterpreterProbe.judge(InterpreterProbe.python, answer: "3.9.0 /usr/bin/python3").status == .ok)
        #expect(InterpreterProbe.judge(InterpreterProbe.python, answer: "4 /usr/bin/python3").status == .ok)
    }

    @Test("a machine that refuses sandboxes is told apart from one without the programs")
    func sandboxProblems() {
        let refused = SandboxProbe.trial(.failure(.refused("bwrap: No permissions to create new namespace")))
        #expect(refused.map(\.status) == [.missing, .limited])
        #expect(refused[0].found.contains("bwrap: No permissions"))
        #expect(refused[0].remedy?.contains("user.max_user_namespaces") == true)
        #expect(SandboxProbe.trial(.failure(.notInstalled)).map(\.id) == ["sandbox.network"])
        #expect(SandboxProbe.trial(.failure(.noRelay)).map(\.id) == ["sandbox.network"])
    }

    @Test("few open files limit, plenty do not")
    func openFiles() {
        #expect(LimitsProbe.openFiles(soft: 1024, hard: 1024).status == .limited)
        #expect(LimitsProbe.openFiles(soft: 1024, hard: LimitsProbe.openFileCountWanted).status == .ok)
    }

    @Test("disk space is missing, limited or enough")
    func freeDisk() {
        #expect(LimitsProbe.freeDisk(byteCount: 0, place: "/").status == .missing)
        #expect(LimitsProbe.freeDisk(byteCount: LimitsProbe.freeByteCountMin, place: "/").status == .limited)
        #expect(LimitsProbe.freeDisk(byteCount: LimitsProbe.freeByteCountWanted, place: "/").status == .ok)
    }

    @Test("a folder that does not exist yet is judged by the one that would hold it")
    func freeDiskOfNewFolder() {
        let folder = NSTemporaryDirectory() + UUID().uuidString + "/deep/down"
        #expect(LimitsProbe.freeDisk(at: folder).found.contains("MiB at "))
    }

    @Test("a port is free until somebody listens on it")
    func port() throws {
        let reservation = try PortReservation()
        #expect(PortProbe.check(reservation.port, user: "test").status == .ok)

        try reservation.listen()
        #expect(PortProbe.check(reservation.port, user: "test").status == .limited)
        #expect(PortProbe.check(reservation.port, user: "test").found.hasPrefix("taken"))
    }

    @Test("a tool that fails or is not there is told from one that answers")
    func tools() async throws {
        let shell = try #require(ToolRunner.path(of: "sh"))
        #expect(await ToolRunner.ask(shell, ["-c", "echo one; echo two"]) == .answered("one"))
        #expect(await ToolRunner.ask(shell, ["-c", "echo broken >&2; exit 3"]) == .failed("broken"))
        guard case .failed = await ToolRunner.ask("/duet-no-such-tool", []) else {
            Issue.record("a tool that does not exist answered")
            return
        }
        #expect(ToolRunner.path(of: "duet-no-such-tool") == nil)
    }
}

/// A port of the system's choice that is ours: bound so that nobody else is given it, shared so that a probe may try it.
private final class PortReservation {
    let port: UInt16
    private let descriptor: Int32

    struct Failed: Error {
        let errno: Int32
    }

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isBound else { throw Failed(errno: errno) }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(descriptor)
    }

    func listen() throws {
        guard Foundation.listen(descriptor, 1) == 0 else { throw Failed(errno: errno) }
    }
}
