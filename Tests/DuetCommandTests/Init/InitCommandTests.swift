import Foundation
import Testing

@testable import DuetCommand

@Suite("duet init")
struct InitCommandTests {
    @Test("every kind of project is written whole, and over nothing", arguments: StarterProject.all.map(\.name))
    func kinds(name: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "init-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try await DuetProgram.run(["init", name, folder.path()])

        #expect(result.status == 0)
        #expect(result.standardOutput.contains("deploy \(folder.path())"))
        let template = try String(contentsOf: folder.appending(path: "template.yml"), encoding: .utf8)
        #expect(template.contains("Transform: 'Aliyun::Serverless-2018-04-03'"))
        let again = try await DuetProgram.run(["init", name, folder.path()])
        #expect(again.status == 1)
        #expect(again.standardError.contains("is there already; nothing was written"))
    }

    @Test("a Swift project has a program on DuetFunction, and a script that builds what its template packs")
    func swiftProject() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "init-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try await DuetProgram.run(["init", "http-swift", folder.path()])

        #expect(result.standardOutput.contains("Build it:  (cd \(folder.path()) && ./build)"))
        func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        let program = try text("Sources/Hello/main.swift")
        #expect(program.contains("FunctionMain.runHTTP { request, context in"))
        #expect(program.contains(#"request.query("name")"#))
        #expect(try text("Package.swift").contains(#".product(name: "DuetFunction", package: "duet")"#))
        #expect(try text("template.yml").contains("CodeUri: './code'"))
        #expect(try text("build").contains("code/bootstrap"))
        #expect(FileManager.default.isExecutableFile(atPath: folder.appending(path: "build").path()))
        #expect(!FileManager.default.isExecutableFile(atPath: folder.appending(path: "Package.swift").path()))
    }

    @Test("a kind that is none is refused with those that are")
    func unknownKind() async throws {
        let result = try await DuetProgram.run(["init", "http-cobol"])
        #expect(result.status == 64)
        #expect(result.standardError.contains("http-swift"))
    }
}
