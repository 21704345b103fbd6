/// Recognises the repeat of a write that was stored but whose answer may not have arrived.
///
/// The official client repeats a write when it sees no answer. A write whose answer is known to have been handed to the
/// network is forgotten, so that an equal write that follows is a new one; what is left are writes whose connection broke,
/// and those of a process that was killed. Pure; its owner tells it what happens and the time.
package struct WriteReceipts: Sendable {
    /// How long a repeat is recognised: longer than the official client's ten tries take.
    package static let lifetime = Duration.seconds(900)
    /// Above it the oldest are forgotten.
    package static let countMax = 100_000
    /// An answer that is not out after this time counts as lost. The official client waits a second before it repeats.
    package static let answerTimeMax = Duration.milliseconds(900)

    private struct Write {
        let stored: LogTime
        var isLost: Bool
    }

    private var writes: [WriteReceipt: Write] = [:]
    private var order: [WriteReceipt] = []

    /// - Parameter lost: Receipts found on disk at start.
    package init(lost: Set<WriteReceipt> = [], at now: LogTime) {
        for receipt in lost.prefix(Self.countMax) { add(receipt, Write(stored: now, isLost: true)) }
    }

    /// Whether a write that arrives is the repeat of a stored one. Answers true once for each.
    package mutating func takeRepeat(of receipt: WriteReceipt, at now: LogTime) -> Bool {
        forgetOld(at: now)
        guard let write = writes[receipt], write.isLost || Self.age(write, now) >= Self.answerTimeMax else {
            return false
        }
        writes[receipt] = Write(stored: now, isLost: false)
        return true
    }

    package mutating func stored(_ receipt: WriteReceipt, at now: LogTime) {
        forgetOld(at: now)
        add(receipt, Write(stored: now, isLost: false))
    }

    /// The answer was handed to the network, or could not be.
    package mutating func answered(_ receipt: WriteReceipt, isDelivered: Bool) {
        if isDelivered { writes[receipt] = nil } else { writes[receipt]?.isLost = true }
    }

    private mutating func add(_ receipt: WriteReceipt, _ write: Write) {
        if writes.updateValue(write, forKey: receipt) == nil { order.append(receipt) }
    }

    private mutating func forgetOld(at now: LogTime) {
        var count = 0
        for receipt in order {
            if let write = writes[receipt] {
                guard Self.age(write, now) > Self.lifetime || order.count - count > Self.countMax else { break }
                writes[receipt] = nil
            }
            count += 1
        }
        order.removeFirst(count)
    }

    private static func age(_ write: Write, _ now: LogTime) -> Duration {
        .nanoseconds(now.nanoseconds.subtractingReportingOverflow(write.stored.nanoseconds).partialValue)
    }
}
