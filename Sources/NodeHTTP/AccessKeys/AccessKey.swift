/// The one credential of the node: signs Function Compute and log service calls, and opens the JSON API as
/// `Authorization: Bearer <id>.<secret>`.
package struct AccessKey: Hashable, Sendable {
    package enum Role: String, Codable, Hashable, Sendable, Comparable, CaseIterable {
        /// Reads.
        case reader
        /// Reads, invokes functions, writes logs.
        case user
        /// Everything within the organisation.
        case admin

        package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .reader: 0
            case .user: 1
            case .admin: 2
            }
        }
    }

    /// Letters, digits, `-` and `_`, 1 to 128; holds no `.`, which separates it from the secret.
    package let id: String
    package let secret: Secret
    /// The account in Function Compute's words.
    package let organization: String
    package let role: Role

    /// - Returns: nil when `id` or `secret` breaks its rule (a secret has 1 to 256 visible ASCII characters).
    package init?(id: String, secret: String, organization: String, role: Role) {
        let isIDByte: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard (1...128).contains(id.utf8.count), id.utf8.allSatisfy(isIDByte), (1...256).contains(secret.utf8.count),
            secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.id = id
        self.secret = Secret(text: secret)
        self.organization = organization
        self.role = role
    }
}

extension AccessKey {
    /// A key with a random id and secret.
    package static func random(organization: String, role: Role) -> AccessKey {
        var generator = SystemRandomNumberGenerator()
        func digits(_ wordCount: Int) -> String {
            (0..<wordCount).map { _ in
                let text = String(generator.next() as UInt64, radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            }.joined()
        }
        guard let key = AccessKey(id: "duet-" + digits(1), secret: digits(3), organization: organization, role: role)
        else { preconditionFailure("hexadecimal digits are a valid id and secret") }
        return key
    }
}

/// A text that does not print itself.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let text: String

    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Takes the same time wherever the texts differ.
    package func matches(_ other: String) -> Bool {
        let left = Array(text.utf8)
        let right = Array(other.utf8)
        var difference = left.count ^ right.count
        for index in right.indices {
            difference |= Int(right[index] ^ left[index % left.count])
        }
        return difference == 0
    }
}
