import FabricProtos
import FabricTypes
import SwiftProtobuf
import Testing

/// A hand-written view and the generated code for the same message.
struct ViewPair: Sendable, CustomTestStringConvertible {
    enum UnknownFieldHandling: Sendable {
        case dropped
        case kept
        /// Some of the messages inside keep theirs.
        case mixed
    }

    /// How the two read the same bytes.
    enum Outcome: Hashable, Sendable {
        case bothAccept
        case bothRefuse
        /// They differ where they should: generated code is not what Fabric's nodes run.
        case differsAsKnown
        case differs(String)
    }

    let name: String
    private let judge: @Sendable (Bytes) -> Outcome

    var testDescription: String { name }

    init<View: WireMessage, Generated: SwiftProtobuf.Message & Equatable>(
        _ view: View.Type, _ generated: Generated.Type, unknownFields: UnknownFieldHandling = .dropped
    ) {
        name = View.messageName
        judge = { bytes in
            Judgement<View, Generated>(bytes: bytes, unknownFields: unknownFields).outcome
        }
    }

    func compare(_ bytes: Bytes) -> Outcome { judge(bytes) }
}

private struct Judgement<View: WireMessage, Generated: SwiftProtobuf.Message & Equatable> {
    let bytes: Bytes
    let unknownFields: ViewPair.UnknownFieldHandling

    var outcome: ViewPair.Outcome {
        let view: Result<View, WireError>
        do throws(WireError) { view = .success(try View(decoding: bytes)) } catch { view = .failure(error) }
        let generated = Result { try decode(bytes, discardingUnknownFields: unknownFields != .kept) }

        switch (view, generated) {
        case (.success(let view), .success(let generated)):
            return compare(view, generated)
        case (.failure, .failure):
            return .bothRefuse
        case (.failure(let error), .success):
            // Go refuses a tenth byte that holds more than the 64th bit; generated Swift drops the bits.
            if error.code == .overlongVarint { return .differsAsKnown }
            // State keys are texts that Protos/ declares as bytes.
            if error.code == .invalidUTF8, peculiarities.haveIllFormedStateKey { return .differsAsKnown }
            return peculiarities.haveOddMapEntry ? .differsAsKnown : .differs("only the view refuses: \(error)")
        case (.success, .failure(let error)):
            return isOutsideGeneratedCode ? .differsAsKnown : .differs("only the generated code refuses: \(error)")
        }
    }

    private func compare(_ view: View, _ generated: Generated) -> ViewPair.Outcome {
        do {
            let canonical = Bytes(try encode(generated))
            let encoded = view.encoded()
            if encoded == canonical, unknownFields != .mixed { return try roundTrip(view, encoded) }
            let again = try decode(encoded, discardingUnknownFields: unknownFields != .kept)
            if unknownFields == .mixed {
                if try encode(again) == encode(generated) { return try roundTrip(view, encoded) }
            } else if hasMap, again == generated {
                // Generated code sorts the keys of maps as texts; Go and the views sort them bytewise.
                return try roundTrip(view, encoded)
            }
            if isOutsideGeneratedCode || peculiarities.haveLongTag { return .differsAsKnown }
            return .differs("the view encodes as \(encoded.hex), the generated code as \(canonical.hex)")
        } catch {
            return .differs("the view's own encoding is refused: \(error)")
        }
    }

    /// What a view writes, it reads back as the same value.
    private func roundTrip(_ view: View, _ encoded: Bytes) throws -> ViewPair.Outcome {
        try View(decoding: encoded) == view ? .bothAccept : .differs("the view does not read back what it writes")
    }

    private func decode(_ bytes: Bytes, discardingUnknownFields: Bool) throws -> Generated {
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = discardingUnknownFields
        return try Generated(serializedBytes: bytes.array, options: options)
    }

    private func encode(_ message: Generated) throws -> [UInt8] {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        return try message.serializedBytes(options: options)
    }

    private var hasMap: Bool { ProtoSchema.fabric.containsMap(View.messageName) }

    /// Bytes that Go takes, as the views do, but generated Swift reads otherwise.
    private var isOutsideGeneratedCode: Bool {
        hasLongTag || peculiarities.haveOddMapEntry
    }

    /// Go takes tags of up to ten bytes, generated code of five.
    private var hasLongTag: Bool {
        var run = 0
        for byte in bytes {
            run = byte >= 0x80 ? run + 1 : 0
            if run == 5 { return true }
        }
        return false
    }

    private var peculiarities: Peculiarities {
        Peculiarities(schema: .fabric, message: View.messageName, bytes: bytes)
    }
}
