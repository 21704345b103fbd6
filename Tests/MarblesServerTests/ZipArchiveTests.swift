import Foundation
import Testing

@testable import MarblesServer

@Suite("Archives of a rule")
struct ZipArchiveTests {
    @Test("the checksum is that of the standard")
    func checksum() {
        #expect(ZipArchive.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(ZipArchive.checksum([]) == 0)
    }

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
