/// The call itself. Source: Fabric's `protos.ChaincodeInvocationSpec`.
package struct ChaincodeInvocationSpec: WireMessage {
    package static let messageName = "protos.ChaincodeInvocationSpec"

    package var chaincodeSpec: ChaincodeSpec?

    package init() {}

    package init(chaincodeSpec: ChaincodeSpec?) {
        self.chaincodeSpec = chaincodeSpec
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.merge(into: &chaincodeSpec)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, message: chaincodeSpec)
    }
}

/// A chaincode and the input for it. Source: Fabric's `protos.ChaincodeSpec`.
package struct ChaincodeSpec: WireMessage {
    package static let messageName = "protos.ChaincodeSpec"

    /// The language a client believes in (GOLANG 1, NODE 2, CAR 3, JAVA 4); nothing depends on it.
    package var type: Int32 = 0
    package var chaincodeID: ChaincodeID?
    package var input: ChaincodeInput?
    package var timeout: Int32 = 0

    package init() {}

    package init(type: Int32 = 0, chaincodeID: ChaincodeID?, input: ChaincodeInput?, timeout: Int32 = 0) {
        self.type = type
        self.chaincodeID = chaincodeID
        self.input = input
        self.timeout = timeout
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.read(&type)
        case 2: try field.merge(into: &chaincodeID)
        case 3: try field.merge(into: &input)
        case 4: field.read(&timeout)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, type)
        writer.write(2, message: chaincodeID)
        writer.write(3, message: input)
        writer.write(4, timeout)
    }
}

/// The arguments of a call. Source: Fabric's `protos.ChaincodeInput`.
package struct ChaincodeInput: WireMessage {
    package static let messageName = "protos.ChaincodeInput"

    /// By custom the function's name and then its arguments; any bytes.
    package var arguments: [Bytes] = []
    /// Notes for the chaincode that peers may add. Peers drop a client's own before the chaincode sees them.
    package var decorations: [Bytes: Bytes] = [:]
    package var isInit = false

    package init() {}

    package init(arguments: [Bytes], decorations: [Bytes: Bytes] = [:], isInit: Bool = false) {
        self.arguments = arguments
        self.decorations = decorations
        self.isInit = isInit
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: field.append(to: &arguments)
        case 2: try field.merge(into: &decorations)
        case 3: field.read(&isInit)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, repeated: arguments)
        writer.write(2, map: decorations)
        writer.write(3, isInit)
    }
}

/// A chaincode's name and version, UTF-8 texts. Source: Fabric's `protos.ChaincodeID`.
package struct ChaincodeID: WireMessage {
    package static let messageName = "protos.ChaincodeID"

    package var path = Bytes()
    package var name = Bytes()
    package var version = Bytes()

    package init() {}

    package init(path: Bytes = Bytes(), name: Bytes, version: Bytes = Bytes()) {
        self.path = path
        self.name = name
        self.version = version
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&path)
        case 2: try field.readUTF8(&name)
        case 3: try field.readUTF8(&version)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, path)
        writer.write(2, name)
        writer.write(3, version)
    }
}
