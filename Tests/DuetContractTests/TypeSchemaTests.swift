import FabricTypes
import Foundation
import Testing

@testable import DuetContract

@Suite("Schemas of types")
struct TypeSchemaTests {
    private func text(_ type: any Decodable.Type) -> String {
        TypeSchema.schema(of: type).encoded().lossyText
    }

    struct Bottle: Codable, ContractArgument, ContractResult {
        var id: String
        var vintage: Int32
        var label: String?
        var tastings: [Tasting]
    }

    struct Tasting: Codable {
        var points: Double
        var notes: [String: Bool]
    }

    @Test("a type's members are told with their kinds, and which of them must be there")
    func members() {
        #expect(
            Bottle.contractSchema.encoded().lossyText
                == #"{"title":"Bottle","type":"object","properties":{"id":{"type":"string"},"#
                + #""vintage":{"type":"integer","minimum":-2147483648,"maximum":2147483647},"label":{"type":"string"},"#
                + #""tastings":{"type":"array","items":{"title":"Tasting","type":"object","properties":{"points":{"type":"number"},"#
                + #""notes":{"type":"object","additionalProperties":{"type":"boolean"}}},"required":["points","notes"]}}},"#
                + #""required":["id","vintage","tastings"]}"#)
    }

    enum Color: String, Codable, CaseIterable { case red, blue }
    enum Shape: String, Codable { case round, flat }

    struct Painted: Codable {
        var color: Color
        var shape: Shape
        var weight: Int
    }

    @Test("cases that are listed are told; where decoding stops on an unlisted one the schema says so")
    func enumerations() {
        #expect(text(Color.self) == #"{"title":"Color","enum":["red","blue"]}"#)
        #expect(
            text(Shape.self) == #"{"title":"Shape","type":"string","description":"Not every such value is taken."}"#)
        let painted = TypeSchema.schema(of: Painted.self)
        #expect(painted["properties"]?["color"]?["enum"] != nil)
        #expect(painted["properties"]?["shape"]?["type"]?.text == "string")
        #expect(painted["properties"]?["weight"] == nil)
        #expect(painted["description"]?.text?.contains("more members") == true)
    }

    final class Node: Codable {
        var value: Int
        var next: Node?
        var others: [Node]

        init(value: Int, next: Node?, others: [Node]) {
            (self.value, self.next, self.others) = (value, next, others)
        }
    }

    @Test("a type within itself is told by its name")
    func recursion() {
        let schema = TypeSchema.schema(of: Node.self)
        #expect(schema["properties"]?["next"]?["title"]?.text == "Node")
        #expect(schema["properties"]?["others"]?["items"]?["title"]?.text == "Node")
        #expect(schema["properties"]?["value"]?["type"]?.text == "integer")
    }

    enum Event: Codable { case sold(to: String), broken }

    struct ByHand: Codable {
        enum Key: String, CodingKey { case inner, list }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            let inner = try container.nestedContainer(keyedBy: Key.self, forKey: .inner)
            _ = try inner.decode(UInt8.self, forKey: .list)
            var list = try container.nestedUnkeyedContainer(forKey: .list)
            _ = try list.decode(Bool.self)
        }

        func encode(to encoder: any Encoder) throws {}
    }

    @Test("decoding by hand is followed, and what cannot be seen is not claimed")
    func byHand() {
        #expect(
            text(ByHand.self)
                == #"{"title":"ByHand","type":"object","properties":{"inner":{"type":"object","properties":{"list":"#
                + #"{"type":"integer","minimum":0,"maximum":255}},"required":["list"]},"#
                + #""list":{"type":"array","items":{"type":"boolean"}}},"required":["inner","list"]}"#)
        let event = TypeSchema.schema(of: Event.self)
        #expect(event["type"]?.text == "object")
        #expect(event["description"]?.text?.contains("more members") == true)
    }

    struct Wrapped: Codable, RawRepresentable { var rawValue: UInt64 }

    struct OnlyEncodes: Encodable, ContractResult {
        var value = 1
    }

    @Test("plain values, Foundation's and wrapped ones are told as the reader of arguments takes them")
    func plain() {
        #expect(text(UInt64.self) == #"{"type":"integer","minimum":0}"#)
        #expect(text(Data.self) == #"{"type":"string","contentEncoding":"base64"}"#)
        #expect(text(UUID.self) == #"{"type":"string","format":"uuid"}"#)
        #expect(text([Int?].self) == #"{"type":"array","items":{"anyOf":[{"type":"integer"},{"type":"null"}]}}"#)
        #expect(text([Int: String].self).contains(#""additionalProperties":{"type":"string"}"#))
        #expect(text(Wrapped.self) == #"{"title":"Wrapped","type":"integer","minimum":0}"#)
        #expect([Bottle].contractSchema["items"]?["title"]?.text == "Bottle")
        #expect(OnlyEncodes.contractSchema.encoded().lossyText == #"{"title":"OnlyEncodes"}"#)
    }
}
