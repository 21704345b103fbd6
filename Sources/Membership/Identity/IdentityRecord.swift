internal import FabricTypes
internal import Synchronization

/// What is known about one spelling of an identity under one configuration of its MSP.
///
/// Every question is answered once. Safe to use from any thread; two that ask at the same time may both do the work.
final class IdentityRecord: Sendable {
    /// How many answers about principals are kept; a channel's policies name far fewer.
    static let principalCountMax = 256
    /// Larger principals are asked about anew each time. A role takes some twenty bytes, a certificate a thousand.
    static let principalByteCountMax = 4_096

    /// The `SerializedIdentity` it was read from.
    let serialized: Bytes
    let msp: MSP
    let candidate: CandidateIdentity
    let identifier: IdentityIdentifier

    private struct Answers {
        var validity: Result<Void, IdentityError>?
        var principals: [MSPPrincipal: Bool] = [:]
    }

    private let answers = Mutex(Answers())

    init(serialized: Bytes, msp: MSP, candidate: CandidateIdentity) {
        self.serialized = serialized.detached()
        self.msp = msp
        self.candidate = candidate
        identifier = IdentityIdentifier(
            mspID: msp.id, certificateDigest: Digest(of: candidate.certificate.encoded))
    }

    /// Whether the identity has been found valid.
    var isKnownToBeValid: Bool {
        answers.withLock { answers in
            if case .success = answers.validity { true } else { false }
        }
    }

    func validate() throws(IdentityError) {
        if let known = answers.withLock({ $0.validity }) { return try known.get() }
        let validity: Result<Void, IdentityError>
        do throws(IdentityError) {
            try msp.validate(candidate)
            validity = .success(())
        } catch {
            validity = .failure(error)
        }
        answers.withLock { $0.validity = validity }
        try validity.get()
    }

    func satisfies(_ principal: MSPPrincipal) -> Bool {
        if let known = answers.withLock({ $0.principals[principal] }) { return known }
        let isSatisfied = msp.satisfies(candidate, principal) { (try? validate()) != nil }
        if principal.principal.count <= Self.principalByteCountMax {
            // The policy's bytes are not to be kept alive.
            let kept = MSPPrincipal(
                classification: principal.classification, principal: principal.principal.detached())
            answers.withLock { answers in
                if answers.principals.count >= Self.principalCountMax { answers.principals = [:] }
                answers.principals[kept] = isSatisfied
            }
        }
        return isSatisfied
    }
}
