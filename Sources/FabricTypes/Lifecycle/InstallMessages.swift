// Arguments and results of `_lifecycle` about installed packages. Source: Fabric's `lifecycle.proto`.

/// Brings a package to a peer. The result of `GetInstalledChaincodePackage` has the same form.
package struct InstallChaincodeArgs: WireMessage {
    package static let messageName = "lifecycle.InstallChaincodeArgs"

    /// The uploaded archive as it is: its hash is part of the package's id.
    package var chaincodeInstallPackage = Bytes()

    package init() {}

    package init(chaincodeInstallPackage: Bytes) {
        self.chaincodeInstallPackage = chaincodeInstallPackage
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { field.read(&chaincodeInstallPackage) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, chaincodeInstallPackage)
    }
}

package struct InstallChaincodeResult: WireMessage {
    package static let messageName = "lifecycle.InstallChaincodeResult"

    package var packageID = Bytes()
    package var label = Bytes()

    package init() {}

    package init(packageID: Bytes, label: Bytes) {
        self.packageID = packageID
        self.label = label
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&packageID)
        case 2: try field.readUTF8(&label)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, packageID)
        writer.write(2, label)
    }
}

/// Asks for a package by its id; `GetInstalledChaincodePackage` takes the same form.
package struct QueryInstalledChaincodeArgs: WireMessage {
    package static let messageName = "lifecycle.QueryInstalledChaincodeArgs"

    package var packageID = Bytes()

    package init() {}

    package init(packageID: Bytes) {
        self.packageID = packageID
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.readUTF8(&packageID) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, packageID)
    }
}

package struct GetInstalledChaincodePackageResult: WireMessage {
    package static let messageName = "lifecycle.GetInstalledChaincodePackageResult"

    package var chaincodeInstallPackage = Bytes()

    package init() {}

    package init(chaincodeInstallPackage: Bytes) {
        self.chaincodeInstallPackage = chaincodeInstallPackage
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { field.read(&chaincodeInstallPackage) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, chaincodeInstallPackage)
    }
}

/// An installed package and the definitions that use it; the result of `QueryInstalledChaincode`, and an element of the
/// list.
package struct InstalledChaincode: WireMessage {
    package static let messageName = "lifecycle.QueryInstalledChaincodesResult.InstalledChaincode"

    package var packageID = Bytes()
    package var label = Bytes()
    /// By channel.
    package var references: [Bytes: References] = [:]

    /// The definitions of one channel.
    package struct References: WireMessage {
        package static let messageName = "lifecycle.QueryInstalledChaincodesResult.References"

        package var chaincodes: [Chaincode] = []

        package init() {}

        package init(chaincodes: [Chaincode]) {
            self.chaincodes = chaincodes
        }

        package mutating func merge(_ field: WireField) throws(WireError) {
            if field.number == 1 { try field.append(to: &chaincodes) }
        }

        package func encode(to writer: inout WireWriter) {
            writer.write(1, messages: chaincodes)
        }
    }

    package struct Chaincode: WireMessage {
        package static let messageName = "lifecycle.QueryInstalledChaincodesResult.Chaincode"

        package var name = Bytes()
        package var version = Bytes()

        package init() {}

        package init(name: Bytes, version: Bytes) {
            self.name = name
            self.version = version
        }

        package mutating func merge(_ field: WireField) throws(WireError) {
            switch field.number {
            case 1: try field.readUTF8(&name)
            case 2: try field.readUTF8(&version)
            default: break
            }
        }

        package func encode(to writer: inout WireWriter) {
            writer.write(1, name)
            writer.write(2, version)
        }
    }

    package init() {}

    package init(packageID: Bytes, label: Bytes, references: [Bytes: References]) {
        self.packageID = packageID
        self.label = label
        self.references = references
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.readUTF8(&packageID)
        case 2: try field.readUTF8(&label)
        case 3: try field.merge(into: &references)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, packageID)
        writer.write(2, label)
        writer.write(3, map: references)
    }
}

package struct QueryInstalledChaincodesResult: WireMessage {
    package static let messageName = "lifecycle.QueryInstalledChaincodesResult"

    package var installedChaincodes: [InstalledChaincode] = []

    package init() {}

    package init(installedChaincodes: [InstalledChaincode]) {
        self.installedChaincodes = installedChaincodes
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.append(to: &installedChaincodes) }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: installedChaincodes)
    }
}
