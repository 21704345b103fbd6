/// The map of modules: the one place where the allowed directions are written down. ARCHITECTURE.md draws it for people.
///
/// A module imports only from lines below its own, and from these only what `mayImport` of its line names. A module that
/// stands in no line fails the tests: put it where it belongs, then say so in ARCHITECTURE.md.
enum ModuleMap {
    enum Line: Int, CaseIterable {
        case wire, native, values, membership, cores, adapters, services, sdks, edges, assembly, command, executables
    }

    /// Modules by line; those that `Sources` does not hold yet are planned.
    static let modules: [Line: Set<String>] = [
        .executables: ["duet"],
        .command: ["DuetCommand"],
        .assembly: ["DuetNode", "DuetContractTesting"],
        .edges: ["FabricGRPC", "NodeHTTP", "ConsoleSite"],
        .sdks: ["DuetContract", "DuetClient", "DuetFunction"],
        .services: [
            "PeerService", "OrdererService", "ContractService", "FunctionService", "LogService", "TriggerService",
        ],
        .adapters: ["LedgerStorage", "FunctionStorage", "LogStorage", "FunctionSandbox", "EtcdSequencer"],
        .cores: ["LedgerCore", "OrderingCore", "FunctionCore", "TriggerCore", "LogCore"],
        .membership: ["Membership"],
        .values: ["FabricTypes", "FunctionTypes"],
        .native: ["CArchive", "CLZ4", "CZlib", "CPCRE2", "SandboxRelay"],
        .wire: ["FabricProtos", "EtcdProtos"],
    ]

    /// The lines from which a line may import. Services and adapters stand side by side on the cores.
    static let mayImport: [Line: Set<Line>] = [
        .executables: [.command],
        .command: [.assembly, .edges, .services, .adapters, .cores, .membership, .values, .native],
        .assembly: [.edges, .services, .adapters, .cores, .membership, .values],
        .edges: [.services, .cores, .membership, .values, .native, .wire],
        .sdks: [.membership, .values, .wire],
        .services: [.cores, .membership, .values],
        .adapters: [.cores, .membership, .values, .native],
        .cores: [.membership, .values],
        .membership: [.values],
        .values: [.wire],
        .native: [],
        .wire: [],
    ]

    /// What `mayImport` allows too much or too little, module by module.
    static let exceptions: [String: Exception] = [
        // The bridge between a peer and linked contracts.
        "ContractService": .also(["DuetContract"]),
        // A channel in memory for the tests of contracts.
        "DuetContractTesting": .also(["DuetContract"]),
        // A program names the contracts that are linked into it, and calls those of a network like any client.
        "DuetNode": .also(["DuetContract"]),
        "DuetCommand": .also(["DuetContract", "DuetClient"]),
        // An etcd client needs etcd's messages.
        "EtcdSequencer": .also(["EtcdProtos"]),
        // Function values never cross Fabric's wire.
        "FunctionTypes": .never(["FabricProtos", "EtcdProtos"]),
    ]

    enum Exception {
        case also(Set<String>)
        case never(Set<String>)
    }

    /// The two halves do not know each other. Modules in neither set are above both, or the joint between them.
    static let ledgerHalf: Set<String> = [
        "FabricGRPC", "PeerService", "OrdererService", "ContractService", "LedgerStorage", "EtcdSequencer",
        "LedgerCore", "OrderingCore", "Membership", "FabricTypes", "FabricProtos", "EtcdProtos",
    ]
    static let functionHalf: Set<String> = [
        "FunctionService", "LogService", "FunctionStorage", "LogStorage", "FunctionSandbox",
        "FunctionCore", "LogCore", "FunctionTypes",
    ]

    /// What the pure lines may import besides our own modules: calculations, and locks for in-memory twins.
    static let pureLines: Set<Line> = [.cores, .membership, .values]
    static let pureImports: Set<String> = [
        "CYaml", "Crypto", "SwiftASN1", "X509", "Yams", "FoundationEssentials", "Synchronization",
    ]

    /// Names that would bring a file, a clock, a process or a log into a pure line.
    static let impureNames = [
        "FileManager", "FileHandle", "ProcessInfo", "Dispatch", "Date()", "Date.now", "ContinuousClock",
        "SuspendingClock", "Logger", "print(", "Task {", "Task.sleep",
    ]

    /// Modules without a test target of their own, and why.
    static let untested: [String: String] = [
        "DuetFunction": "FunctionSandboxTests run a function made with it",
        "SandboxRelay": "a program in C; FunctionSandboxTests run it in every sandbox",
        "duet": "one call of DuetCommand; DuetCommandTests run the built program",
        "FabricProtos": "generated; FabricTypesTests compare our own views with it",
        "EtcdProtos": "generated",
    ]

    static func line(of module: String) -> Line? {
        modules.first { $0.value.contains(module) }?.key
    }

    /// Whether the map lets `importer` import `imported`, both of them ours.
    static func allows(_ importer: String, importing imported: String) -> Bool {
        guard let line = line(of: importer), let other = Self.line(of: imported) else { return false }
        let isAllowedByLine = mayImport[line]?.contains(other) ?? false
        switch exceptions[importer] {
        case .also(let names): return isAllowedByLine || names.contains(imported)
        case .never(let names): return isAllowedByLine && !names.contains(imported)
        case nil: return isAllowedByLine
        }
    }
}
