import Foundation
import Testing

@testable import MarblesServer

@Suite("Archives of a rule")
struct ZipArchiveTests {
    @Test("a file comes out as it was put in, stored by us or packed by others")
    func reading() throws {
        let content = Array("exports.handler = 1".utf8)
        let stored = [UInt8](ZipArchive.holding("a.js", content))
        #expect(try ZipArchive.content(of: "a.js", in: stored, byteCountMax: 100) == content)
        #expect(try ZipArchive.content(of: "b.js", in: stored, byteCountMax: 100) == nil)
        let text = Array(repeatElement("marble ", count: 100).joined().utf8)
        #expect(try ZipArchive.content(of: "index.js", in: Self.packed, byteCountMax: 1_000) == text)
        #expect(throws: ZipArchive.Unreadable.self) {
            try ZipArchive.content(of: "index.js", in: Self.packed, byteCountMax: text.count - 1)
        }
    }

    @Test("a damaged archive is refused, or gives a file of the length it states")
    func damage() throws {
        for place in Self.packed.indices {
            for bit in 0..<8 {
                var damaged = Self.packed
                damaged[place] ^= 1 << bit
                let content = try? ZipArchive.content(of: "index.js", in: damaged, byteCountMax: 1_000)
                #expect(content.map { $0.count <= 1_000 } ?? true)
            }
            #expect(throws: ZipArchive.Unreadable.self) {
                try ZipArchive.content(of: "index.js", in: Array(Self.packed[..<place]), byteCountMax: 1_000)
            }
        }
    }

    /// `index.js` with 700 bytes, packed by the method "deflate".
    private static let packed = [UInt8](
        Data(
            base64Encoded:
                "UEsDBBQAAAAIAAAAIQA+qVDpEAAAALwCAAAIAAAAaW5kZXguanPLTSxKyklVyB2lRqmhRgEAUEsBAhQDFAAAAAgAAAAhAD6pUOkQ"
                + "AAAAvAIAAAgAAAAAAAAAAAAAAIABAAAAAGluZGV4LmpzUEsFBgAAAAABAAEANgAAADYAAAAAAA=="
        ) ?? Data())

    @Test("the directory at the end leads to the file, which holds what was put in")
    func directory() {
        let content = Array("exports.handler = 1".utf8)
        let archive = [UInt8](ZipArchive.holding("a.js", content))
        func number(_ offset: Int, _ byteCount: Int) -> Int {
            (0..<byteCount).reduce(0) { $0 | Int(archive[offset + $1]) << (8 * $1) }
        }
        let end = archive.count - 22
        #expect(number(end, 4) == 0x0605_4b50)
        let directory = number(end + 16, 4)
        #expect(directory + number(end + 12, 4) == end)
        #expect(number(directory, 4) == 0x0201_4b50)
        #expect(number(directory + 24, 4) == content.count)
        #expect(Array(archive[directory + 46..<directory + 50]) == Array("a.js".utf8))
        let file = number(directory + 42, 4)
        #expect(file == 0)
        #expect(number(file, 4) == 0x0403_4b50)
        let start = file + 30 + number(file + 26, 2) + number(file + 28, 2)
        #expect(Array(archive[start..<start + content.count]) == content)
    }
}
