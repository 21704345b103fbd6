internal import Crypto
package import FabricTypes

/// What a service keys the ids of its transactions with, so that nobody else can compute one and burn it.
///
/// Never shown, logged or sent anywhere.
package struct ServiceSecret: Sendable {
    package static let byteCount = 32

    private let key: SymmetricKey

    /// Nil unless there are ``byteCount`` bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        key = SymmetricKey(data: bytes)
    }

    package static let nonceByteCount = 24

    /// The nonce of transaction `index` of an answer in attempt `attempt`.
    ///
    /// `HMAC-SHA256(secret, trigger ‖ replay id ‖ event ids ‖ index ‖ attempt)` cut to 24 bytes. Every text is preceded by its
    /// length and the list of events by its count, each as 8 bytes, big-endian; the two numbers are 8 bytes each. So no two
    /// different inputs are the same bytes.
    package func nonce(of key: AnswerKey, index: Int, attempt: Int) -> Bytes {
        precondition(index >= 0)
        precondition(attempt >= 0)
        var message: [UInt8] = []
        func append(number: Int) {
            for shift in stride(from: 56, through: 0, by: -8) {
                message.append(UInt8(truncatingIfNeeded: UInt64(number) >> UInt64(shift)))
            }
        }
        func append(text: String) {
            append(number: text.utf8.count)
            message.append(contentsOf: text.utf8)
        }
        append(text: key.triggerID)
        append(text: key.replayID)
        append(number: key.eventIDs.count)
        for id in key.eventIDs { append(text: id) }
        append(number: index)
        append(number: attempt)
        let code = HMAC<SHA256>.authenticationCode(for: message, using: self.key)
        return Bytes(code.prefix(Self.nonceByteCount))
    }
}

extension ServiceSecret: CustomStringConvertible, CustomReflectable {
    package var description: String { "ServiceSecret" }

    /// Keeps the key out of dumps.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
