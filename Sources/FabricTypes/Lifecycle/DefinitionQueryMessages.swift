// Queries of `_lifecycle` for definitions. Source: Fabric's `lifecycle.proto`.

/// Asks what the peer's organisation has approved.
package struct QueryApprovedChaincodeDefinitionArgs: WireMessage {
    package static let messageName = "lifecycle.QueryApprovedChaincodeDefinitionArgs"

    package var name = Bytes()
    /// 0 asks for the latest.
    package var sequence: Int64 = 0

    package init() {}

    package init(name: Bytes, sequence: Int64) {
        self.name = name
        self.sequence = sequence
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&name)
        case 2: field.read(&sequence)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, name)
        writer.write(2, sequence)
    }
}

/// What the organisation approved; the definition has no name here.
package struct QueryApprovedChaincodeDefinitionResult: WireMessage {
    package static let messageName = "lifecycle.QueryApprovedChaincodeDefinitionResult"

    package var definition = ChaincodeDefinitionFields()
    package var source: ChaincodeSource?

    package init() {}

    package init(definition: ChaincodeDefinitionFields, source: ChaincodeSource?) {
        self.definition = definition
        self.source = source
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == ChaincodeDefinitionFields.Layout.nameless.nextNumber {
            try field.merge(into: &source)
        } else {
            try definition.merge(field, layout: .nameless)
        }
    }

    package func encode(to writer: inout WireWriter) {
        definition.encode(to: &writer, layout: .nameless)
        writer.write(ChaincodeDefinitionFields.Layout.nameless.nextNumber, message: source)
    }
}

/// Everything the organisation approved.
package struct QueryApprovedChaincodeDefinitionsResult: WireMessage {
    package static let messageName = "lifecycle.QueryApprovedChaincodeDefinitionsResult"

    /// An approved definition with its name.
    package struct Approved: WireMessage {
        package static let messageName = "lifecycle.QueryApprovedChaincodeDefinitionsResult.ApprovedChaincodeDefinition"

        package var definition = ChaincodeDefinitionFields()
        package var source: ChaincodeSource?

        package init() {}

        package init(definition: ChaincodeDefinitionFields, source: ChaincodeSource?) {
            self.definition = definition
            self.source = source
        }

        package mutating func merge(_ field: WireField) throws(WireError) {
            if field.number == ChaincodeDefinitionFields.Layout.nameFirst.nextNumber {
                try field.merge(into: &source)
            } else {
                try definition.merge(field, layout: .nameFirst)
            }
        }

        package func encode(to writer: inout WireWriter) {
            definition.encode(to: &writer, layout: .nameFirst)
            writer.write(ChaincodeDefinitionFields.Layout.nameFirst.nextNumber, message: source)
        }
    }

    package var definitions: [Approved] = []

    package init() {}

    package init(definitions: [Approved]) {
        self.definitions = definitions
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &definitions) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: definitions)
    }
}

/// Asks for a committed definition.
package struct QueryChaincodeDefinitionArgs: WireMessage {
    package static let messageName = "lifecycle.QueryChaincodeDefinitionArgs"

    package var name = Bytes()

    package init() {}

    package init(name: Bytes) {
        self.name = name
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.readUTF8(&name) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, name)
    }
}

/// The committed definition, without its name, and who has approved it.
package struct QueryChaincodeDefinitionResult: WireMessage {
    package static let messageName = "lifecycle.QueryChaincodeDefinitionResult"

    package var definition = ChaincodeDefinitionFields()
    package var approvals = Approvals()

    package init() {}

    package init(definition: ChaincodeDefinitionFields, approvals: Approvals) {
        self.definition = definition
        self.approvals = approvals
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == ChaincodeDefinitionFields.Layout.nameless.nextNumber {
            try approvals.merge(field)
        } else {
            try definition.merge(field, layout: .nameless)
        }
    }

    package func encode(to writer: inout WireWriter) {
        definition.encode(to: &writer, layout: .nameless)
        approvals.encode(ChaincodeDefinitionFields.Layout.nameless.nextNumber, to: &writer)
    }
}

/// All committed definitions.
package struct QueryChaincodeDefinitionsResult: WireMessage {
    package static let messageName = "lifecycle.QueryChaincodeDefinitionsResult"

    /// A committed definition with its name.
    package struct Committed: WireMessage {
        package static let messageName = "lifecycle.QueryChaincodeDefinitionsResult.ChaincodeDefinition"

        package var definition = ChaincodeDefinitionFields()

        package init() {}

        package init(_ definition: ChaincodeDefinitionFields) {
            self.definition = definition
        }

        package mutating func merge(_ field: WireField) throws(WireError) {
            try definition.merge(field, layout: .nameFirst)
        }

        package func encode(to writer: inout WireWriter) {
            definition.encode(to: &writer, layout: .nameFirst)
        }
    }

    package var definitions: [Committed] = []

    package init() {}

    package init(definitions: [Committed]) {
        self.definitions = definitions
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &definitions) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: definitions)
    }
}
