internal import FabricTypes
internal import LedgerCore
internal import Membership
internal import Synchronization

/// What an endorser must know of a chaincode before it runs it.
struct EndorsementInfo: Hashable, Sendable {
    let version: Bytes
    let isInitRequired: Bool
    let endorsementPlugin: Bytes

    /// Of the peer's own chaincodes.
    static let system = EndorsementInfo(
        version: Bytes("syscc"), isInitRequired: false, endorsementPlugin: builtinPlugin)

    /// Fabric's own endorsement, the only one there is here.
    static let builtinPlugin = Bytes("escc")
}

/// Looks up whether a chaincode is defined, approved by the peer's organisation and there to be run.
///
/// Source: Fabric's `lifecycle.ChaincodeEndorsementInfoSource`.
struct EndorsementInfoSource: Sendable {
    let mspID: MSPID
    let runtime: any ContractRuntime
    /// Shared by all that ask for one peer.
    var approvals = ApprovalCache()

    /// - Returns: what is needed to run the chaincode. The read of its sequence is recorded, so that a new definition makes
    ///   the transaction a conflict.
    /// - Throws: ``ContractUnavailable`` with Fabric's words; the store's errors.
    func info(
        of chaincode: Bytes, _ simulation: ChannelSimulation, definitions: DefinitionCache
    ) throws -> EndorsementInfo {
        let name = chaincode.lossyText
        let channel = simulation.channelID.lossyText
        let sequence = try sequence(of: chaincode, simulation)
        guard sequence > 0 else {
            // Nobody defined it in this lifecycle; the read of the one before is recorded too.
            guard try simulation.withSimulator({ try $0.value(of: chaincode, in: LegacyLifecycle.namespace) }) == nil
            else { throw ContractUnavailable("chaincode \(name) has bad definition") }
            throw ContractUnavailable("chaincode \(name) not found")
        }
        guard let definition = try definitions.definition(of: chaincode, in: simulation.snapshot) else {
            throw ContractUnavailable("could not get approved chaincode info from cache: unknown chaincode '\(name)'")
        }
        let packageID = try approvals.packageID(
            of: definition, on: simulation.channelID, by: mspID, simulation.snapshot)
        guard let packageID else {
            throw ContractUnavailable(
                "chaincode definition for '\(name)' at sequence \(sequence) on channel '\(channel)' has not yet been "
                    + "approved by this org")
        }
        guard !packageID.isEmpty, runtime.isInstalled(chaincode: chaincode, packageID: packageID) else {
            throw ContractUnavailable(
                "chaincode definition for '\(name)' exists, but chaincode is not installed")
        }
        return EndorsementInfo(
            version: definition.version, isInitRequired: definition.isInitRequired,
            endorsementPlugin: definition.endorsementPlugin)
    }

    /// Whether the peer can run a chaincode as it is defined now.
    func isRunnable(_ definition: ChaincodeDefinition, in reader: some StateReader) throws -> Bool {
        let approval = Approval(of: definition, by: mspID)
        guard try approval.isGiven(in: reader) else { return false }
        let packageID = try approval.packageID(in: reader)
        return !packageID.isEmpty && runtime.isInstalled(chaincode: definition.name, packageID: packageID)
    }

    private func sequence(of chaincode: Bytes, _ simulation: ChannelSimulation) throws -> Int64 {
        let key = LifecycleKeys.field(.sequence, of: chaincode)
        let stored = try simulation.withSimulator { try $0.value(of: key, in: LifecycleKeys.namespace) }
        let context =
            "could not get current sequence for chaincode '\(chaincode.lossyText)' on channel "
            + "'\(simulation.channelID.lossyText)'"
        do {
            switch try LifecycleStateData(decoding: stored ?? Bytes()).value {
            case .integer(let sequence): return sequence
            case nil: return 0
            default:
                throw ContractUnavailable("\(context): expected key \(key.lossyText) to encode a value of type Int64")
            }
        } catch let error as WireError {
            throw ContractUnavailable(
                "\(context): could not unmarshal state for key \(key.lossyText): \(error.stockMessage)")
        }
    }
}

/// Why a peer cannot run a chaincode. The description is Fabric's.
struct ContractUnavailable: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Remembers what the peer's organisation said of committed definitions, until the next block.
///
/// Bounded by the number of chaincodes that are defined.
final class ApprovalCache: Sendable {
    private struct Place: Hashable {
        let channelID: Bytes
        let chaincode: Bytes
    }

    private struct Entry {
        let height: BlockNumber
        let packageID: Bytes?
    }

    private let entries = Mutex<[Place: Entry]>([:])

    /// - Returns: the package that the organisation runs, empty for none; nil where it did not approve the definition.
    func packageID(
        of definition: ChaincodeDefinition, on channelID: Bytes, by organization: MSPID, _ reader: any StateReader
    ) throws -> Bytes? {
        let place = Place(channelID: channelID, chaincode: definition.name)
        let height = reader.height
        if let known = entries.withLock({ $0[place] }), known.height == height { return known.packageID }
        let approval = Approval(of: definition, by: organization)
        let packageID = try approval.isGiven(in: reader) ? approval.packageID(in: reader) : nil
        entries.withLock { $0[place] = Entry(height: height, packageID: packageID) }
        return packageID
    }
}
