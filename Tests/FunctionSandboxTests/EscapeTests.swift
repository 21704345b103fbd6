import Foundation
import FunctionCore
import FunctionTypes
import Testing

@testable import FunctionSandbox

@Suite("What a function cannot do", .enabled(if: SandboxWorld.hasBubblewrap), .serialized)
struct EscapeTests {
    /// Each attempt answers what it got, or raises.
    private static let attempts = """
        import ctypes, json, os, socket, subprocess
        libc = ctypes.CDLL(None, use_errno=True)

        def call(result):
            if result != 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

        def connect(family, address):
            s = socket.socket(family); s.settimeout(3); s.connect(address); return 'connected'

        def write(path):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT)); return 'opened'

        def attempts(f):
            yield 'read the data folder', lambda: open(f['secret']).read()
            yield 'list the data folder', lambda: os.listdir(f['folder'])
            yield 'read code of others', lambda: os.listdir(f['slots'])
            yield 'reach sockets of others', lambda: os.listdir(f['sockets'])
            yield 'read root\\'s files', lambda: os.listdir('/root')
            yield 'read users\\' files', lambda: os.listdir('/home')
            yield 'read passwords', lambda: open('/etc/shadow').read()
            yield 'signal the node', lambda: os.kill(f['node'], 0)
            yield 'signal the first process', lambda: call(libc.kill(f['other'], 0))
            yield 'reach the host\\'s loopback', lambda: connect(socket.AF_INET, ('127.0.0.1', f['port']))
            yield 'reach it through the gateway', lambda: connect(socket.AF_INET, ('10.0.2.2', f['port']))
            yield 'reach an abstract socket', lambda: connect(socket.AF_UNIX, '\\0' + f['abstract'])
            yield 'open a socket past namespaces', lambda: socket.socket(40, socket.SOCK_STREAM)
            yield 'open a raw socket', lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            yield 'change the code', lambda: write('/code/index.py')
            yield 'add code', lambda: write('/code/more.py')
            yield 'write at the root', lambda: write('/new')
            yield 'write a program', lambda: write('/usr/bin/new')
            yield 'write settings', lambda: write('/etc/new')
            yield 'write devices', lambda: write('/dev/new')
            yield 'write sockets', lambda: write('/run/duet/new')
            yield 'write the bootstraps', lambda: write('/duet/b/bootstrap.py')
            yield 'set the host\\'s kernel', lambda: open('/proc/sys/kernel/core_pattern', 'r+')
            yield 'reboot', lambda: open('/proc/sysrq-trigger', 'r+')
            yield 'make a user namespace', lambda: call(libc.unshare(0x10000000))
            yield 'clone into one', lambda: call(0 if libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0 else -1)
            yield 'mount', lambda: call(libc.mount(b'x', b'/tmp', b'tmpfs', 0, None))
            yield 'become root', lambda: os.setuid(0)
            yield 'use a setuid program', lambda: subprocess.run(['su', '-c', 'true'], check=True, capture_output=True)
            yield 'seize the relay', lambda: call(libc.ptrace(0x4206, 1, None, None))
            yield 'attach to the relay', lambda: call(libc.ptrace(16, 1, None, None))
            yield 'open the relay\\'s memory', lambda: open('/proc/1/mem', 'rb')
            yield 'see the relay\\'s environment', lambda: open('/proc/1/environ', 'rb').read()
            yield 'read the relay\\'s memory', lambda: call(0 if libc.syscall(310, 1, None, 0, None, 0, 0) >= 0 else -1)
            yield 'write the relay\\'s memory', lambda: call(0 if libc.syscall(311, 1, None, 0, None, 0, 0) >= 0 else -1)
            yield 'compare with the relay', lambda: call(0 if libc.syscall(312, 1, 1, 0, 0, 0) >= 0 else -1)
            yield 'take a message queue', lambda: call(0 if libc.syscall(68, 0, 0o1600) >= 0 else -1)
            yield 'take a named message queue', lambda: call(0 if libc.syscall(240, b'x', 0o102, 0o600, None) >= 0 else -1)
            yield 'read the kernel\\'s keys', lambda: call(0 if libc.syscall(250, 0, -3, 0) >= 0 else -1)

        def handler(event, context):
            facts, done = json.loads(event), {}
            for name, attempt in attempts(facts):
                try:
                    done[name] = repr(attempt())
                except (OSError, subprocess.CalledProcessError):
                    pass
            processes = [p for p in os.listdir('/proc') if p.isdigit()]
            seen = b''.join(open('/proc/%s/environ' % p, 'rb').read() for p in processes if p != '1')
            return json.dumps({'done': done, 'temporary': os.listdir('/tmp'), 'root': sorted(os.listdir('/')),
                'processes': len(processes), 'seesOthers': b'neighbour' in seen, 'isRoot': os.getuid() == 0,
                'interfaces': sorted(i[1] for i in socket.if_nameindex())})
        """

    @Test(
        "nothing of the node, the host and other functions can be reached", arguments: NetworkChoice.available,
        Holding.available)
    func attacks(network: NetworkChoice, holding: Holding) async throws {
        try await SandboxWorld.run(hasCgroups: holding == .cgroup, network: network.network) { world in
            let hasNetwork = network.network != nil
            let secret = world.folder.appending(path: "secret").path()
            try Data("a private key".utf8).write(to: URL(filePath: secret))
            let host = try HostSockets()
            defer { host.close() }
            _ = try await world.python("def handler(event, context):\n    pass") {
                $0.environment = ["SECRET": "neighbour"]
            }
            let started = try await world.start(
                ["index.py": Self.attempts], runtime: "python3", allowsInternetAccess: hasNetwork)
            let facts: JSONValue = [
                "secret": .string(secret), "folder": .string(world.folder.path()),
                "slots": .string(world.folder.path() + "/r/s"), "sockets": .string(world.folder.path() + "/r/i"),
                "node": .integer(Int64(getpid())), "other": .integer(Int64(getppid())),
                "port": .integer(Int64(host.port)), "abstract": .string(host.abstractName),
            ]
            let answer = await started.instance.event(facts.jsonText, timeout: .seconds(40))
            let json = try JSONValue(parsing: try #require(answer.text, "\(answer)"))
            #expect(json["done"] == .object([:]))
            #expect(json["temporary"] == [])
            #expect(json["seesOthers"] == false)
            #expect(json["isRoot"] == false)
            #expect(json["processes"] == 2)
            let interfaces = json["interfaces"]?.arrayValue ?? []
            #expect(interfaces.contains("tap0") == hasNetwork)
            let root = json["root"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let allowed: Set = [
                "bin", "code", "dev", "duet", "etc", "lib", "lib32", "lib64", "libx32", "proc", "run", "sbin", "tmp",
                "usr", "var",
            ]
            // An interpreter that lies elsewhere brings its folder along.
            #expect(Set(root).subtracting(allowed).subtracting(["opt", "root", "home"]).isEmpty)
        }
    }

    @Test("what a function puts into /tmp is bounded, its own, and gone with it", arguments: Holding.available)
    func temporaryFiles(holding: Holding) async throws {
        try await SandboxWorld.run(hasCgroups: holding == .cgroup) { world in
            let code = """
                import errno, os
                def handler(event, context):
                    found = os.listdir('/tmp')
                    written = 0
                    try:
                        for folder in ('/tmp', '/dev/shm'):
                            with open(folder + '/full', 'wb') as file:
                                while True: written += file.write(bytes(1 << 20)); file.flush()
                    except OSError as error:
                        return '%d %s %s' % (written >> 20, errno.errorcode[error.errno], found)
                """
            for _ in 0..<2 {
                let instance = try await world.python(code) { $0.timeoutSeconds = 60 }
                #expect(await instance.event("", timeout: .seconds(60)).text == "512 ENOSPC []")
                await instance.end(isGraceful: false)
            }
        }
    }

    @Test("a folder of the node that lies among the host's programs is hidden")
    func hiddenFolder() async throws {
        guard case .bubblewrap(let bubblewrap) = try await SandboxWorld.confinement() else { return }
        let hiding = Bubblewrap(
            program: bubblewrap.program, relay: bubblewrap.relay, user: bubblewrap.user,
            network: bubblewrap.network, hiddenFolder: "/usr/share")
        let command = hiding.command(
            Bubblewrap.Folders(code: "/c", sockets: "/s", bootstraps: "/b"), number: 1, programs: [],
            relayArguments: [])
        let arguments = command.arguments
        let index = try #require(arguments.firstIndex(of: "/usr/share"))
        #expect(arguments[index - 1] == "--tmpfs")
        #expect(arguments.firstIndex(of: "/usr").map { $0 < index } == true)
    }
}

/// A way to the outside that a function is given, or none.
struct NetworkChoice: Sendable, CustomTestStringConvertible {
    let network: Bubblewrap.Network?

    var testDescription: String { network?.summary ?? "without network" }

    /// None, and every helper that is installed: each must join a sandbox and keep the host's loopback out.
    static let available: [NetworkChoice] =
        [NetworkChoice(network: nil)]
        + NetworkHelper.installed(for: geteuid() == 0 ? .own(first: 0) : .namespace).filter { _ in
            access("/dev/net/tun", R_OK | W_OK) == 0
        }.map { NetworkChoice(network: .helper($0)) }
}

/// A port on the host's loopback and an abstract Unix socket, as the node and its neighbours have.
private struct HostSockets {
    let port: UInt16
    let abstractName = "duet-test-\(UUID().uuidString)"
    private let descriptors: [Int32]

    init() throws {
        let port = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(port, $0, length) == 0 && getsockname(port, $0, &length) == 0
            }
        }
        try #require(isBound && listen(port, 8) == 0)
        self.port = UInt16(bigEndian: address.sin_port)
        let abstract = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        let bytes = [0] + Array(abstractName.utf8)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let nameLength = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let isNamed = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(abstract, $0, nameLength) == 0 }
        }
        try #require(isNamed && listen(abstract, 8) == 0)
        descriptors = [port, abstract]
    }

    func close() {
        for descriptor in descriptors { Foundation.close(descriptor) }
    }
}
