internal import FabricTypes
internal import PeerService
internal import Synchronization

/// A source of blocks that does, from one request to the next, what a test tells it to.
final class ScriptedSource: BlockSource {
    enum Ending: Sendable {
        case end
        case fail
        case stall
    }

    struct Answer: Sendable {
        var blocks: [Bytes]
        var ending = Ending.end
    }

    struct Failure: Error {}

    private let answers: Mutex<[Answer]>
    /// What is given when the script is at its end.
    private let honest: [Bytes]
    private let asked = Mutex<[BlockNumber]>([])

    init(_ answers: [Answer] = [], then honest: [Bytes]) {
        self.answers = Mutex(answers)
        self.honest = honest
    }

    /// From where each request asked.
    var requests: [BlockNumber] { asked.withLock { $0 } }

    func blocks(of channel: ChannelID, from number: BlockNumber) -> AsyncThrowingStream<Bytes, any Error> {
        asked.withLock { $0.append(number) }
        let answer =
            answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            ?? Answer(blocks: Array(honest.dropFirst(Int(number))), ending: .stall)
        let position = Mutex(0)
        return AsyncThrowingStream {
            let next = position.withLock { position in
                defer { position += 1 }
                return position
            }
            if answer.blocks.indices.contains(next) { return answer.blocks[next] }
            switch answer.ending {
            case .end: return nil
            case .fail: throw Failure()
            case .stall:
                // Never anything, until the reader is cancelled.
                for await _ in AsyncStream<Never>.makeStream().stream {}
                return nil
            }
        }
    }
}
