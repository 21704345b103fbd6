import Foundation

/// The message definitions under `Protos/`, read without protoc: enough of the language for what stands there.
///
/// Random messages are made from the definitions themselves, so that a field which a hand-written view forgets is
/// found without anybody thinking of it.
struct ProtoSchema: Sendable {
    enum Kind: Hashable, Sendable {
        case varint
        case string
        /// A text that is declared `bytes`: see the note in `chaincode_shim.proto`.
        case stateKey
        case bytes
        case message(String)
        indirect case map(key: Kind, value: Kind)
    }

    struct Field: Hashable, Sendable {
        let name: String
        let number: Int
        let kind: Kind
        let isRepeated: Bool
    }

    /// By full name: `common.Envelope`.
    private(set) var messages: [String: [Field]] = [
        "google.protobuf.Timestamp": [
            Field(name: "seconds", number: 1, kind: .varint, isRepeated: false),
            Field(name: "nanos", number: 2, kind: .varint, isRepeated: false),
        ]
    ]

    private static let stateKeyNames: Set = ["key", "keys", "start_key", "end_key", "startKey", "endKey"]

    static let fabric: ProtoSchema = {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Protos/fabric")
        do {
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            return ProtoSchema(sources: try files.map { try String(contentsOf: $0, encoding: .utf8) })
        } catch {
            fatalError("The definitions in \(folder.path()) cannot be read: \(error)")
        }
    }()

    init(sources: [String]) {
        var declarations = Declarations()
        for source in sources { declarations.read(source) }
        for (message, fields) in declarations.fields {
            messages[message] = fields.map { declaration in
                let kind = declarations.kind(of: declaration.type, in: message)
                let isStateKey = kind == .bytes && Self.stateKeyNames.contains(declaration.name)
                return Field(
                    name: declaration.name, number: declaration.number, kind: isStateKey ? .stateKey : kind,
                    isRepeated: declaration.isRepeated)
            }
        }
    }

    /// Whether a message holds a map anywhere.
    func containsMap(_ message: String) -> Bool {
        var seen: Set<String> = []
        func search(_ name: String) -> Bool {
            guard seen.insert(name).inserted else { return false }
            return (messages[name] ?? []).contains { field in
                switch field.kind {
                case .map: true
                case .message(let inner): search(inner)
                default: false
                }
            }
        }
        return search(message)
    }
}

/// Messages and enumerations as written, before their type names are looked up.
private struct Declarations {
    struct Field {
        let name: String
        let number: Int
        let type: [String]
        let isRepeated: Bool
    }

    var fields: [String: [Field]] = [:]
    var enumerations: Set<String> = []

    mutating func read(_ source: String) {
        let tokens = Self.tokens(of: source)
        var scopes: [(keyword: String, name: String)] = []
        var package = ""
        var index = 0
        func scope() -> String {
            ([package] + scopes.filter { $0.keyword == "message" || $0.keyword == "enum" }.map(\.name))
                .joined(separator: ".")
        }
        while index < tokens.count {
            if tokens[index] == "}" {
                scopes.removeLast()
                index += 1
                continue
            }
            // A statement ends with ";" and a scope begins with "{".
            guard let end = tokens[index...].firstIndex(where: { $0 == ";" || $0 == "{" }) else { return }
            let statement = Array(tokens[index..<end])
            if tokens[end] == "{" {
                scopes.append((statement[0], statement[1]))
                if statement[0] == "message" { fields[scope()] = [] }
                if statement[0] == "enum" { enumerations.insert(scope()) }
            } else if statement.first == "package" {
                package = statement[1]
            } else if ["message", "oneof"].contains(scopes.last?.keyword), statement.first != "reserved" {
                fields[scope(), default: []].append(Self.field(statement))
            }
            index = end + 1
        }
    }

    func kind(of type: [String], in message: String) -> ProtoSchema.Kind {
        switch type[0] {
        case "map": .map(key: kind(of: [type[2]], in: message), value: kind(of: [type[4]], in: message))
        case "string": .string
        case "bytes": .bytes
        case "int32", "int64", "uint32", "uint64", "bool": .varint
        default: named(type[0], in: message)
        }
    }

    /// Looks a type's name up from the innermost scope outwards.
    private func named(_ name: String, in message: String) -> ProtoSchema.Kind {
        if name.hasPrefix("google.") { return .message(name) }
        var scope = message.split(separator: ".")
        while true {
            let candidate = (scope + [Substring(name)]).joined(separator: ".")
            if enumerations.contains(candidate) { return .varint }
            if fields[candidate] != nil { return .message(candidate) }
            guard scope.popLast() != nil else { fatalError("\(message) uses \(name), which is not defined.") }
        }
    }

    /// `[repeated] type name = number`
    private static func field(_ statement: [String]) -> Field {
        let isRepeated = statement[0] == "repeated"
        let equals = statement.firstIndex(of: "=") ?? 0
        guard equals >= 2, let number = Int(statement[equals + 1]) else {
            fatalError("\(statement.joined(separator: " ")) is no field.")
        }
        return Field(
            name: statement[equals - 1], number: number, type: Array(statement[(isRepeated ? 1 : 0)..<(equals - 1)]),
            isRepeated: isRepeated)
    }

    private static func tokens(of source: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        for line in source.split(separator: "\n") {
            for character in line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0] + " " {
                if character.isLetter || character.isNumber || "_.\"/".contains(character) {
                    word.append(character)
                    continue
                }
                if !word.isEmpty { tokens.append(word) }
                word = ""
                if !character.isWhitespace { tokens.append(String(character)) }
            }
        }
        return tokens
    }
}
