/// The fields that say what a chaincode is on a channel, common to a dozen messages of `_lifecycle` that number them
/// differently.
package struct ChaincodeDefinitionFields: Hashable, Sendable {
    package var name = Bytes()
    package var sequence: Int64 = 0
    package var version = Bytes()
    package var endorsementPlugin = Bytes()
    package var validationPlugin = Bytes()
    /// An encoded ``ApplicationPolicy``; empty for the default.
    package var validationParameter = Bytes()
    package var collections: CollectionConfigPackage?
    package var isInitRequired = false

    package init() {}

    package init(
        name: Bytes, sequence: Int64, version: Bytes, endorsementPlugin: Bytes = Bytes(),
        validationPlugin: Bytes = Bytes(),
        validationParameter: Bytes = Bytes(), collections: CollectionConfigPackage? = nil, isInitRequired: Bool = false
    ) {
        self.name = name
        self.sequence = sequence
        self.version = version
        self.endorsementPlugin = endorsementPlugin
        self.validationPlugin = validationPlugin
        self.validationParameter = validationParameter
        self.collections = collections
        self.isInitRequired = isInitRequired
    }

    enum Part {
        case name, sequence, version, endorsementPlugin, validationPlugin, validationParameter, collections,
            initRequired
    }

    /// The parts in the order of their field numbers, from 1.
    struct Layout {
        let parts: [Part]

        /// Of arguments.
        static let sequenceFirst = Layout(first: [.sequence, .name])
        /// Of results about one chaincode, whose name the caller knows.
        static let nameless = Layout(first: [.sequence])
        /// Of lists.
        static let nameFirst = Layout(first: [.name, .sequence])

        private init(first: [Part]) {
            parts =
                first + [
                    .version, .endorsementPlugin, .validationPlugin, .validationParameter, .collections, .initRequired,
                ]
        }

        /// The number of the first field behind the definition's.
        var nextNumber: Int { parts.count + 1 }
    }

    mutating func merge(_ field: WireField, layout: Layout) throws(WireError) {
        guard field.number <= layout.parts.count else { return }
        switch layout.parts[field.number - 1] {
        case .name: try field.readUTF8(&name)
        case .sequence: field.read(&sequence)
        case .version: try field.readUTF8(&version)
        case .endorsementPlugin: try field.readUTF8(&endorsementPlugin)
        case .validationPlugin: try field.readUTF8(&validationPlugin)
        case .validationParameter: field.read(&validationParameter)
        case .collections: try field.merge(into: &collections)
        case .initRequired: field.read(&isInitRequired)
        }
    }

    func encode(to writer: inout WireWriter, layout: Layout) {
        for (index, part) in layout.parts.enumerated() {
            let number = index + 1
            switch part {
            case .name: writer.write(number, name)
            case .sequence: writer.write(number, sequence)
            case .version: writer.write(number, version)
            case .endorsementPlugin: writer.write(number, endorsementPlugin)
            case .validationPlugin: writer.write(number, validationPlugin)
            case .validationParameter: writer.write(number, validationParameter)
            case .collections: writer.write(number, message: collections)
            case .initRequired: writer.write(number, isInitRequired)
            }
        }
    }
}

/// Where an organisation's peers find the code of a definition they approved.
///
/// Source: Fabric's `lifecycle.ChaincodeSource`.
package struct ChaincodeSource: WireMessage {
    package static let messageName = "lifecycle.ChaincodeSource"

    package enum Kind: Hashable, Sendable {
        case unavailable
        case localPackage(id: Bytes)
    }

    package var kind: Kind?

    package init() {}

    package init(_ kind: Kind) {
        self.kind = kind
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch (field.number, field.value) {
        case (1, .bytes):
            var nothing = NoFields()
            try field.merge(into: &nothing)
            kind = .unavailable
        case (2, .bytes):
            var package = LocalPackage()
            if case .localPackage(let earlier) = kind { package.id = earlier }
            try field.merge(into: &package)
            kind = .localPackage(id: package.id)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        switch kind {
        case .unavailable: writer.write(1, message: NoFields())
        case .localPackage(let id):
            var package = LocalPackage()
            package.id = id
            writer.write(2, message: package)
        case nil: break
        }
    }

    private struct NoFields: WireMessage {
        static let messageName = "lifecycle.ChaincodeSource.Unavailable"

        mutating func merge(_ field: WireField) throws(WireError) {}
        func encode(to writer: inout WireWriter) {}
    }

    private struct LocalPackage: WireMessage {
        static let messageName = "lifecycle.ChaincodeSource.Local"

        var id = Bytes()

        mutating func merge(_ field: WireField) throws(WireError) {
            if field.number == 1 { try field.readUTF8(&id) }
        }

        func encode(to writer: inout WireWriter) {
            writer.write(1, id)
        }
    }
}
