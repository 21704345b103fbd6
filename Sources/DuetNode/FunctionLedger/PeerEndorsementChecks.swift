internal import FabricTypes
internal import FunctionTypes
internal import Membership
internal import PeerService
internal import Synchronization
internal import TriggerCore
internal import TriggerService

/// A peer's way to the endorsement checks of its organisation.
///
/// Peers are opened before the functions: until the checker is there nothing is declared.
final class PeerEndorsementChecks: Sendable {
    private let checker = Mutex<EndorsementChecker?>(nil)

    func set(_ value: EndorsementChecker) {
        checker.withLock { $0 = value }
    }

    /// As one organisation's peers ask.
    func checks(of organization: MSPID) -> any EndorsementChecks {
        OrganizationChecks(organization: organization, checks: self)
    }

    private struct OrganizationChecks: EndorsementChecks {
        let organization: MSPID
        let checks: PeerEndorsementChecks

        private var checker: EndorsementChecker? { checks.checker.withLock { $0 } }

        func areDeclared(for contract: Bytes, on channel: Bytes) -> Bool {
            guard let checker, checker.hasAny else { return false }
            return checker.areDeclared(
                for: contract.lossyText, on: channel.lossyText, by: organization.rawValue)
        }

        func refusal(of proposal: CheckedProposal) async -> String? {
            guard let checker else { return nil }
            let certificate = proposal.creator.certificate
            // What stands in the proposal goes into the ledger with it; what came beside it is its caller's alone.
            let sent = proposal.input.decorations[TraceContext.decorationName].flatMap(\.utf8Text)
            let trace = sent.flatMap { TraceParent($0) } ?? CallTrace.traceparent.flatMap { TraceParent($0) }
            return await checker.refusal(
                of: CheckQuestion(
                    organization: organization, transactionID: proposal.transactionID.lossyText,
                    channel: proposal.channelID.rawValue, contract: proposal.contract.lossyText,
                    arguments: proposal.input.arguments,
                    creator: CheckQuestion.Creator(
                        mspID: proposal.creator.mspID.rawValue,
                        name: certificate?.subjectName.commonName.lossyText ?? "",
                        certificate: certificate?.pemText.lossyText ?? ""),
                    transient: proposal.transientMap, depth: EndorsementDepth.depth(of: proposal.input),
                    traceparent: trace?.description))
        }
    }
}
