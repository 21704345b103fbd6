package import FabricTypes
internal import Foundation

/// A JSON value of the fixtures, read by path without declaring a type per file.
///
/// The accessors throw, naming what was expected, so that a test over changed fixtures fails instead of crashing.
package enum GoldenJSON: Decodable, Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([GoldenJSON])
    case object([String: GoldenJSON])

    package struct Mismatch: Error, CustomStringConvertible {
        package let description: String
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([GoldenJSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: GoldenJSON].self))
        }
    }

    /// A field of an object; `.null` where the object has none and where this is no object.
    package subscript(name: String) -> GoldenJSON {
        if case .object(let fields) = self { fields[name] ?? .null } else { .null }
    }

    package subscript(index: Int) -> GoldenJSON {
        if case .array(let values) = self, values.indices.contains(index) { values[index] } else { .null }
    }

    package var isNull: Bool { self == .null }

    package var array: [GoldenJSON] {
        get throws {
            guard case .array(let values) = self else { throw mismatch("an array") }
            return values
        }
    }

    package var object: [String: GoldenJSON] {
        get throws {
            guard case .object(let fields) = self else { throw mismatch("an object") }
            return fields
        }
    }

    package var string: String {
        get throws {
            guard case .string(let value) = self else { throw mismatch("a string") }
            return value
        }
    }

    package var integer: Int64 {
        get throws {
            guard case .integer(let value) = self else { throw mismatch("an integer") }
            return value
        }
    }

    package var bool: Bool {
        get throws {
            guard case .bool(let value) = self else { throw mismatch("a boolean") }
            return value
        }
    }

    /// The bytes behind a base64 string.
    package var base64: Bytes {
        get throws {
            guard let data = Data(base64Encoded: try string) else { throw mismatch("base64") }
            return Bytes([UInt8](data))
        }
    }

    /// The bytes behind a string of hexadecimal digits.
    package var hex: Bytes {
        get throws {
            guard let bytes = Bytes(hex: try string) else { throw mismatch("pairs of hexadecimal digits") }
            return bytes
        }
    }

    private func mismatch(_ expected: String) -> Mismatch {
        Mismatch(description: "expected \(expected), found \(String(describing: self).prefix(120))")
    }
}
