import FabricTypes
import GoldenLedger
import LedgerCore
import LedgerStorage
import LedgerTestKit

extension FuzzTarget {
    /// Block files as a disk hands them over after anything may have happened to it.
    static let blockFile = FuzzTarget(name: "blockfile", seeds: recordedBlockFile) { bytes in
        let folder = FaultyFolder(files: ["000000.blocks": bytes.array])
        var blocks: [(number: BlockNumber, block: Bytes)] = []
        do {
            let files = try BlockFiles.open(in: folder, after: nil) { blocks.append(($0, $2)) }
            // What was opened is opened again as the same, and grows.
            let next = files.nextNumber ?? 0
            guard next < .max else { return }
            _ = try files.append([(next, Bytes("one more"))])
        } catch {
            // Damage is refused; nothing was cut off then.
            precondition(folder.files["000000.blocks"] == bytes.array, "what is refused stays as it was")
            return
        }
        var again: [Bytes] = []
        do {
            let torn = try BlockFiles.read(in: folder, after: nil) { again.append($2) }
            precondition(torn == 0, "a torn end is cut off once")
        } catch {
            preconditionFailure("what was opened and appended to cannot be read again: \(error)")
        }
        precondition(again == blocks.map(\.block) + [Bytes("one more")], "blocks are read as they were")
    }

    /// Rich queries, and a document that each is tried on.
    static let selector = FuzzTarget(
        name: "selector",
        seeds: {
            [
                #"{"selector":{"a":{"$gt":1,"$lt":[2]},"b.c":"x"},"sort":[{"a":"desc"}],"fields":["a"],"limit":3}"#,
                #"{"selector":{"$or":[{"a":{"$regex":"^x+y*$"}},{"b":{"$elemMatch":{"$in":[1,null]}}}]},"skip":1}"#,
                #"{"selector":{"a":{"$mod":[3,1],"$type":"number","$size":2,"$exists":true}},"use_index":["d","n"]}"#,
                #"{"selector":{"$not":{"$nor":[{"a":{"$all":[1.50,-0e9]}},{"$and":[]}]}},"bookmark":"nil"}"#,
            ].map { Bytes($0) }
        }
    ) { bytes in
        let document = Bytes(#"{"a":7,"b":{"c":"xxy"},"d":[1,null,{"e":true}]}"#)
        for value in [document, bytes] {
            guard let content = QueryDocument(key: Bytes("k"), value: value)?.content else { continue }
            precondition((try? JSONParser.parse(content.encoded)) == content, "JSON is read as it is written")
            guard let query = try? RichQuery(parsing: bytes, engine: PCRE2Engine()) else { continue }
            _ = try? query.selector.matches(content)
            _ = QueryDocument(key: Bytes("k"), value: value)?.result(fields: query.fields)
            _ = try? QueryPlan(
                for: query, indexes: [QueryIndex(designDocument: "d", name: "n", fields: [FieldPath(Bytes("a"))])])
        }
        _ = try? QueryIndex(parsing: bytes)
    }

    private static func recordedBlockFile() throws -> [Bytes] {
        let folder = FaultyFolder()
        let files = try BlockFiles.open(in: folder, after: nil) { _, _, _ in }
        // The shortest, so that libFuzzer's inputs hold several.
        for number in 0..<3 as Range<BlockNumber> { _ = try files.append([(number, Bytes("block \(number)"))]) }
        _ = try files.append([(3, Bytes("a")), (4, Bytes("b"))])
        return folder.files.values.map { Bytes($0) }
    }
}
