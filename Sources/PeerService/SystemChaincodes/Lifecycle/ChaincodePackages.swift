package import FabricTypes

/// A package that a peer can run.
package struct ChaincodePackage: Hashable, Sendable {
    /// What organisations approve it by.
    package let id: Bytes
    /// What people call it.
    package let label: Bytes

    package init(id: Bytes, label: Bytes) {
        self.id = id
        self.label = label
    }
}

/// The packages of one peer. Concurrency: any thread. Calls may block.
package protocol ChaincodePackages: Sendable {
    /// In the order in which they are to be listed.
    func all() throws -> [ChaincodePackage]

    /// The bytes as they were installed; nil for packages that have none, and unknown ones.
    func content(of id: Bytes) throws -> Bytes?

    /// Takes a package in.
    ///
    /// - Throws: ``PackageRefusal`` where the bytes are no package, or none that can be run here.
    func install(_ content: Bytes) throws -> ChaincodePackage
}

/// Why a package is not installed.
package struct PackageRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// The packages of a peer that runs nothing but contracts linked into its program.
package struct LinkedPackages: ChaincodePackages {
    private let packages: [ChaincodePackage]

    package init(_ packages: [ChaincodePackage]) {
        self.packages = packages
    }

    package func all() -> [ChaincodePackage] { packages }

    package func content(of id: Bytes) -> Bytes? { nil }

    package func install(_ content: Bytes) throws -> ChaincodePackage {
        let magic: [UInt8] = [0x1F, 0x8B]
        guard content.count >= 10 else {
            throw PackageRefusal(
                "could not parse as a chaincode install package: error reading as gzip stream: unexpected EOF")
        }
        guard content.starts(with: magic) else {
            throw PackageRefusal(
                "could not parse as a chaincode install package: error reading as gzip stream: gzip: invalid header")
        }
        throw PackageRefusal(
            "this peer runs contracts that are linked into its program and installs none: approve one of them by its "
                + "package id, such as \"\(packages.first?.id.lossyText ?? "builtin:<name>")\"")
    }
}
