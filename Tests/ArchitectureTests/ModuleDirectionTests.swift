import Testing

@Suite("Directions between modules")
struct ModuleDirectionTests {
    let tree: SourceTree

    init() throws {
        tree = try SourceTree.read.get()
    }

    @Test("every module stands in the map, in one line only")
    func everyModuleIsInTheMap() {
        #expect(tree.files.count > 10, "the sources were not found")
        for module in tree.files.keys {
            #expect(ModuleMap.modules.values.count { $0.contains(module) } == 1, "\(module)")
        }
    }

    @Test("the map itself points down")
    func mapPointsDown() {
        for (line, others) in ModuleMap.mayImport {
            #expect(others.allSatisfy { $0.rawValue < line.rawValue }, "\(line)")
        }
    }

    @Test("imports follow the map")
    func importsFollowTheMap() {
        for module in tree.files.keys {
            for (imported, file) in tree.imports(of: module) where tree.files[imported] != nil {
                #expect(
                    ModuleMap.allows(module, importing: imported),
                    "\(file) imports \(imported), which the map does not allow to \(module)")
            }
        }
    }

    @Test("what is imported is declared, and what is declared follows the map")
    func declarations() {
        for module in tree.files.keys {
            guard let declared = tree.declaredDependencies(of: module) else { continue }
            for name in declared {
                #expect(
                    ModuleMap.allows(module, importing: name),
                    "Package.swift gives \(name) to \(module), which the map does not allow")
            }
            for (imported, file) in tree.imports(of: module) where tree.files[imported] != nil {
                #expect(declared.contains(imported), "\(file) imports \(imported), not declared in Package.swift")
            }
        }
    }

    @Test("the ledger half and the function half do not know each other")
    func halves() {
        for module in tree.files.keys {
            let imports = Set(tree.imports(of: module).keys)
            if ModuleMap.ledgerHalf.contains(module) {
                #expect(imports.isDisjoint(with: ModuleMap.functionHalf), "\(module)")
            }
            if ModuleMap.functionHalf.contains(module) {
                #expect(imports.isDisjoint(with: ModuleMap.ledgerHalf), "\(module)")
            }
        }
    }

    @Test("cores and values only calculate: no input or output, no clock, no log")
    func pureLines() {
        for (module, files) in tree.files {
            guard let line = ModuleMap.line(of: module), ModuleMap.pureLines.contains(line) else { continue }
            for (imported, file) in tree.imports(of: module) where tree.files[imported] == nil {
                #expect(ModuleMap.pureImports.contains(imported), "\(file) imports \(imported)")
            }
            for file in files {
                for (number, text) in file.lines.enumerated() where !Self.isComment(text) {
                    let name = ModuleMap.impureNames.first { Self.uses($0, in: text) }
                    #expect(name == nil, "\(file.path):\(number + 1) uses \(name ?? "")")
                }
            }
        }
    }

    /// Whether `name` begins a word of `line`: `print(` does not stand in `fingerprint(`.
    private static func uses(_ name: String, in line: Substring) -> Bool {
        line.ranges(of: name).contains { range in
            guard let before = line[..<range.lowerBound].last else { return true }
            return !before.isLetter && !before.isNumber && before != "_"
        }
    }

    private static func isComment(_ line: Substring) -> Bool {
        line.drop { $0 == " " }.hasPrefix("//")
    }

    @Test("every module has tests, or a reason not to")
    func everyModuleIsTested() {
        for module in tree.files.keys where ModuleMap.line(of: module) != .native {
            let hasReason = ModuleMap.untested[module] != nil
            #expect(tree.hasTestTarget(module) != hasReason, "\(module) needs either tests or a reason")
        }
    }

    @Test("lines are read as the compiler reads them")
    func importLines() {
        #expect(SourceTree.importedModule("import FabricTypes") == "FabricTypes")
        #expect(SourceTree.importedModule("package import Crypto") == "Crypto")
        #expect(SourceTree.importedModule("@preconcurrency public import struct NIOCore.ByteBuffer") == "NIOCore")
        #expect(SourceTree.importedModule("// import NIOCore") == nil)
        #expect(SourceTree.importedModule("importer.run()") == nil)
    }
}
