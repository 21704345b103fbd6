// Arguments and results of `_lifecycle` about definitions. Source: Fabric's `lifecycle.proto`.

/// An organisation approves a definition.
package struct ApproveChaincodeDefinitionForMyOrgArgs: WireMessage {
    package static let messageName = "lifecycle.ApproveChaincodeDefinitionForMyOrgArgs"

    package var definition = ChaincodeDefinitionFields()
    package var source: ChaincodeSource?

    package init() {}

    package init(definition: ChaincodeDefinitionFields, source: ChaincodeSource?) {
        self.definition = definition
        self.source = source
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == ChaincodeDefinitionFields.Layout.sequenceFirst.nextNumber {
            try field.merge(into: &source)
        } else {
            try definition.merge(field, layout: .sequenceFirst)
        }
    }

    package func encode(to writer: inout WireWriter) {
        definition.encode(to: &writer, layout: .sequenceFirst)
        writer.write(ChaincodeDefinitionFields.Layout.sequenceFirst.nextNumber, message: source)
    }
}

/// A definition enters the channel; the same fields as ``CheckCommitReadinessArgs``.
package struct CommitChaincodeDefinitionArgs: WireMessage {
    package static let messageName = "lifecycle.CommitChaincodeDefinitionArgs"

    package var definition = ChaincodeDefinitionFields()

    package init() {}

    package init(definition: ChaincodeDefinitionFields) {
        self.definition = definition
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        try definition.merge(field, layout: .sequenceFirst)
    }

    package func encode(to writer: inout WireWriter) {
        definition.encode(to: &writer, layout: .sequenceFirst)
    }
}

/// Asks which organisations have approved a definition.
package struct CheckCommitReadinessArgs: WireMessage {
    package static let messageName = "lifecycle.CheckCommitReadinessArgs"

    package var definition = ChaincodeDefinitionFields()

    package init() {}

    package init(definition: ChaincodeDefinitionFields) {
        self.definition = definition
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        try definition.merge(field, layout: .sequenceFirst)
    }

    package func encode(to writer: inout WireWriter) {
        definition.encode(to: &writer, layout: .sequenceFirst)
    }
}

/// Every organisation of the channel, and for those that approved something else the parts that differ.
package struct CheckCommitReadinessResult: WireMessage {
    package static let messageName = "lifecycle.CheckCommitReadinessResult"

    package var approvals = Approvals()
    /// By MSP ID; organisations without differences are left out.
    package var mismatches: [Bytes: Mismatches] = [:]

    /// The names of parts that differ.
    package struct Mismatches: WireMessage {
        package static let messageName = "lifecycle.CheckCommitReadinessResult.Mismatches"

        package var items: [Bytes] = []

        package init() {}

        package init(items: [Bytes]) {
            self.items = items
        }

        package mutating func merge(_ field: WireField) throws(WireError) {
            if field.number == 1 { try field.appendUTF8(to: &items) }
        }

        package func encode(to writer: inout WireWriter) {
            writer.write(1, repeated: items)
        }
    }

    package init() {}

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try approvals.merge(field)
        case 2: try field.merge(into: &mismatches)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        approvals.encode(1, to: &writer)
        writer.write(2, map: mismatches)
    }
}

/// Whether each organisation, by MSP ID, has approved.
package struct Approvals: Hashable, Sendable {
    package var byOrganization: [Bytes: Bool] = [:]

    package init() {}

    package init(_ byOrganization: [Bytes: Bool]) {
        self.byOrganization = byOrganization
    }

    mutating func merge(_ field: WireField) throws(WireError) {
        var entries: [Entry] = []
        try field.append(to: &entries)
        for entry in entries { byOrganization[entry.mspID] = entry.isApproved }
    }

    func encode(_ number: Int, to writer: inout WireWriter) {
        for (mspID, isApproved) in byOrganization.sorted(by: { $0.key < $1.key }) {
            var entry = Entry()
            (entry.mspID, entry.isApproved) = (mspID, isApproved)
            writer.write(number, message: entry)
        }
    }

    /// An entry of a `map<string, bool>`.
    private struct Entry: WireMessage {
        static let messageName = "entry"

        var mspID = Bytes()
        var isApproved = false

        mutating func merge(_ field: WireField) throws(WireError) {
            switch field.number {
            case 1: try field.readUTF8(&mspID)
            case 2: field.read(&isApproved)
            default: break
            }
        }

        func encode(to writer: inout WireWriter) {
            writer.writeAlways(1, mspID)
            writer.writeAlways(2, isApproved ? 1 : 0 as UInt64)
        }
    }
}
