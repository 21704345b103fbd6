import Foundation
import FunctionCore
import FunctionTypes
import Testing

@testable import FunctionSandbox

@Suite("Slots")
struct SlotTests {
    @Test("functions find slots that were started ahead, one after the other", arguments: [true, false])
    func spares(isConfined: Bool) async throws {
        try await SandboxWorld.run(isConfined: isConfined, spareSlotCount: 1) { world in
            for number in 0..<3 {
                let started = try await world.start([
                    "index.js": "exports.handler = () => '\(number) ' + process.env.NUMBER"
                ]) { $0.environment = ["NUMBER": "n\(number)"] }
                #expect(await started.instance.event("").text == "\(number) n\(number)")
            }
        }
        // Whatever waited is gone with the runtime.
    }

    @Test("variables that a runtime reads at its start are there when it starts")
    func startVariables() async throws {
        try await SandboxWorld.run(spareSlotCount: 1) { world in
            for _ in 0..<2 {
                let instance = try await world.start(
                    ["index.py": "import sys\ndef handler(e, c):\n    return str('/code/extra' in sys.path)"],
                    runtime: "python3"
                ) { $0.environment = ["PYTHONPATH": "/code/extra"] }.instance
                #expect(await instance.event("").text == "True")
            }
        }
    }

    @Test("code is linked file by file, folders and all")
    func filling() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "slot-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let (source, folder) = (root.appending(path: "source"), root.appending(path: "folder"))
        try FileManager.default.createDirectory(
            at: source.appending(path: "a/b"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("1".utf8).write(to: source.appending(path: "x"))
        try Data("2".utf8).write(to: source.appending(path: "a/b/y"))
        try SlotFolder.fill(folder.path(), from: source.path())
        #expect(try String(contentsOf: folder.appending(path: "a/b/y"), encoding: .utf8) == "2")
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path: "x").path())
        #expect(attributes[.referenceCount] as? Int == 2)
    }

    @Test("what an offer opens is found by the function, and closed with the instance")
    func offers() async throws {
        let offer = GreetingOffer()
        try await SandboxWorld.run(offers: [offer]) { world in
            let instance = try await world.python(
                "import os\ndef handler(e, c):\n    return open(os.environ['GREETING']).read()")
            #expect(await instance.event("").text == "hello shop")
            await instance.end(isGraceful: false)
            await offer.closed.wait()
        }
    }
}

/// Puts a file into the folder of sockets.
private struct GreetingOffer: InstanceOffer {
    let closed = Signal()

    func open(
        for specification: InstanceSpecification, folder: String, visibleFolder: String
    ) async throws(FunctionError) -> [String: String] {
        let file = URL(filePath: folder + "/greeting")
        try? Data("hello \(specification.function.id.service)".utf8).write(to: file)
        chmod(file.path(), 0o644)
        return ["GREETING": visibleFolder + "/greeting"]
    }

    func close(for id: InstanceID) async { closed.set() }
}

/// Something that happens once and can be waited for.
final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func set() { continuation.yield() }

    func wait() async { for await _ in stream { return } }
}
