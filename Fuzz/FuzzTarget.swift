import FabricTypes

/// A decoder, with what must hold for everything that it accepts.
///
/// A trap is what libFuzzer looks for; a broken promise becomes one by `precondition`, with a sentence that says which.
struct FuzzTarget: Sendable {
    let name: String
    /// Bytes from a real network to begin with: from nothing libFuzzer would take hours to make up a transaction.
    let seeds: @Sendable () throws -> [Bytes]
    let run: @Sendable (Bytes) -> Void

    static let all: [FuzzTarget] = [
        block, transaction, proposal, configuration, readWriteSet, names,
        pem, certificate, revocationList, signature, policy,
        blockFile, selector,
    ]

    /// What a view writes, it reads as the same value, and writes again as the same bytes.
    static func roundTrip<View: WireMessage>(_ view: View.Type, _ bytes: Bytes) -> View? {
        // Bytes that are refused are no finding.
        guard let decoded = try? View(decoding: bytes) else { return nil }
        let encoded = decoded.encoded()
        guard let again = try? View(decoding: encoded) else {
            preconditionFailure("\(View.messageName) refuses what it wrote itself")
        }
        precondition(again == decoded, "\(View.messageName) reads back what it wrote")
        precondition(again.encoded() == encoded, "\(View.messageName) writes one value in one way")
        return decoded
    }
}
