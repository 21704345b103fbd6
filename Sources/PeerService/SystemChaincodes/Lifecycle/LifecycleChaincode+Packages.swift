internal import FabricTypes
internal import LedgerCore

extension LifecycleChaincode {
    func install(_ arguments: InstallChaincodeArgs) throws -> InstallChaincodeResult {
        let installed = try packages.install(arguments.chaincodeInstallPackage)
        return InstallChaincodeResult(packageID: installed.id, label: installed.label)
    }

    func package(_ arguments: QueryInstalledChaincodeArgs) throws -> GetInstalledChaincodePackageResult {
        guard let content = try packages.content(of: arguments.packageID) else {
            throw LifecycleError(
                "could not load cc install package: chaincode install package '\(arguments.packageID.lossyText)' "
                    + "not found")
        }
        return GetInstalledChaincodePackageResult(chaincodeInstallPackage: content)
    }

    func installed(_ arguments: QueryInstalledChaincodeArgs) throws -> InstalledChaincode {
        guard let package = try packages.all().first(where: { $0.id == arguments.packageID }) else {
            throw LifecycleError("could not find chaincode with package id '\(arguments.packageID.lossyText)'")
        }
        return try installed(package, references: references())
    }

    /// By package id.
    func allInstalled() throws -> QueryInstalledChaincodesResult {
        let references = try references()
        return QueryInstalledChaincodesResult(
            installedChaincodes: try packages.all().map { try installed($0, references: references) })
    }

    private typealias References = [Bytes: [Bytes: [InstalledChaincode.Chaincode]]]

    private func installed(_ package: ChaincodePackage, references: References) throws -> InstalledChaincode {
        InstalledChaincode(
            packageID: package.id, label: package.label,
            references: (references[package.id] ?? [:]).mapValues { InstalledChaincode.References(chaincodes: $0) })
    }

    /// The definitions that run a package on this peer, by package and channel.
    private func references() throws -> References {
        var references: References = [:]
        for channel in channels.allEndorserChannels {
            let snapshot = try channel.ledger.snapshot()
            defer { snapshot.close() }
            for name in try names(in: snapshot) {
                guard let definition = try channel.definitions.definition(of: name, in: snapshot) else { continue }
                let approval = Approval(of: definition, by: mspID)
                guard try approval.isGiven(in: snapshot) else { continue }
                let channelID = Bytes(channel.id.rawValue)
                references[try approval.packageID(in: snapshot), default: [:]][channelID, default: []].append(
                    InstalledChaincode.Chaincode(name: name, version: definition.version))
            }
        }
        return references
    }

    private func names(in reader: some StateReader) throws -> [Bytes] {
        try DefinitionReader(reader).names()
    }
}
