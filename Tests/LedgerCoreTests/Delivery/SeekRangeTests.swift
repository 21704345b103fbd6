import FabricTypes
import LedgerCore
import Testing

@Suite("Ranges that requests seek")
struct SeekRangeTests {
    private func range(_ start: SeekPosition?, _ stop: SeekPosition?, height: BlockNumber = 10) throws -> SeekRange {
        var info = SeekInfo()
        info.start = start
        info.stop = stop
        return try SeekRange(info, height: height)
    }

    private func status(_ start: SeekPosition?, _ stop: SeekPosition?) -> StatusCode? {
        do {
            _ = try range(start, stop)
            return nil
        } catch {
            return (error as? SeekRefusal)?.status
        }
    }

    @Test("places become numbers as they are when the request is read")
    func places() throws {
        for (start, stop, first, last) in [
            (.oldest, .newest, 0, 9), (.newest, .newest, 9, 9), (.newest, .never, 9, .max),
            (.nextCommit, .never, 10, .max), (.block(3), .block(3), 3, 3), (.block(10), .block(12), 10, 12),
            (.block(4), .oldest, 4, 4), (.oldest, .oldest, 0, 0),
        ] as [(SeekPosition, SeekPosition, BlockNumber, BlockNumber)] {
            let range = try range(start, stop)
            #expect(range.first == first && range.last == last, "\(start) to \(stop)")
        }
    }

    @Test("what a stock node refuses is refused with its status")
    func refusals() {
        #expect(status(nil, .newest) == .badRequest)
        #expect(status(.oldest, nil) == .badRequest)
        #expect(status(.block(11), .never) == .notFound)
        // Behind the chain counts first.
        #expect(status(.block(11), .block(2)) == .notFound)
        #expect(status(.block(5), .block(4)) == .badRequest)
        #expect(status(SeekPosition(), .newest) == .notFound)
    }

    @Test("a stop that Go knows no number for is block 0")
    func oddStops() throws {
        #expect(try range(.oldest, .nextCommit).last == 0)
        #expect(try range(.oldest, SeekPosition()).last == 0)
        #expect(try range(.block(5), .newest, height: 5).last == 4)
    }
}
