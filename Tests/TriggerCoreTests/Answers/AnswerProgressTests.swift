import FabricTypes
import GoldenLedger
import Testing

@testable import TriggerCore

@Suite("Progress of an answer")
struct AnswerProgressTests {
    @Test("a transaction is looked up, endorsed, submitted and waited for, then the next one is begun")
    func straight() {
        var progress = AnswerProgress(count: 2, isContinued: false)

        #expect(progress.start() == .lookUp(index: 0, attempt: 0))
        #expect(progress.lookedUp(nil) == .endorse(index: 0, attempt: 0))
        #expect(progress.endorsed(.endorsed) == .submit(index: 0, attempt: 0))
        #expect(progress.submitted(.accepted) == .wait(index: 0, attempt: 0, .seconds(30)))
        #expect(progress.lookedUp(.valid) == .lookUp(index: 1, attempt: 0))
        #expect(progress.committedCount == 1)
        #expect(progress.lookedUp(.valid) == .end(.committed))
        #expect(progress.committedCount == 2)
    }

    @Test("the next attempt begins only once this one stands invalid in the ledger")
    func conflict() {
        var progress = AnswerProgress(count: 1, isContinued: false)
        _ = progress.start()
        _ = progress.lookedUp(nil)
        _ = progress.endorsed(.endorsed)
        _ = progress.submitted(.accepted)

        #expect(progress.lookedUp(.mvccReadConflict) == .lookUp(index: 0, attempt: 1))
        #expect(progress.lookedUp(nil) == .endorse(index: 0, attempt: 1))
    }

    @Test("an unknown outcome is settled by asking for the id, then by the same attempt again")
    func unknownOutcome() {
        var progress = AnswerProgress(count: 1, isContinued: false)
        _ = progress.start()
        _ = progress.lookedUp(nil)
        _ = progress.endorsed(.endorsed)

        #expect(progress.submitted(.unknown) == .wait(index: 0, attempt: 0, .seconds(30)))
        #expect(progress.lookedUp(nil) == .pause(.milliseconds(25)))
        #expect(progress.paused() == .lookUp(index: 0, attempt: 0))
        #expect(progress.lookedUp(nil) == .endorse(index: 0, attempt: 0))
    }

    @Test("a stale read repeats the same attempt: nothing was sent")
    func stale() {
        var progress = AnswerProgress(count: 1, isContinued: false)
        _ = progress.start()
        _ = progress.lookedUp(nil)

        #expect(progress.endorsed(.stale) == .pause(.milliseconds(25)))
        _ = progress.paused()
        _ = progress.lookedUp(nil)
        _ = progress.endorsed(.endorsed)
        #expect(progress.submitted(.stale) == .pause(.milliseconds(50)))
    }

    @Test("a contract that says no at the first asking is believed at once")
    func refusedAtOnce() {
        var progress = AnswerProgress(count: 1, isContinued: false)
        _ = progress.start()
        _ = progress.lookedUp(nil)

        #expect(progress.endorsed(.refused("no")) == .end(.refused(index: 0, "no")))
    }

    @Test("a contract that says no after something may have been sent is believed only once no copy turns up")
    func refusedAfterSending() {
        var progress = AnswerProgress(count: 1, isContinued: true)
        _ = progress.start()
        _ = progress.lookedUp(nil)

        #expect(progress.endorsed(.refused("it exists")) == .wait(index: 0, attempt: 0, .seconds(10)))
        var other = progress
        #expect(progress.lookedUp(.valid) == .end(.committed))
        #expect(other.lookedUp(nil) == .end(.refused(index: 0, "it exists")))
    }

    @Test("tries and attempts are bounded")
    func bounded() {
        var progress = AnswerProgress(count: 1, isContinued: false)
        var step = progress.start()
        var pauses: [Duration] = []
        while true {
            switch step {
            case .lookUp: step = progress.lookedUp(nil)
            case .endorse: step = progress.endorsed(.unavailable("nobody there"))
            case .pause(let duration):
                pauses.append(duration)
                step = progress.paused()
            default: break
            }
            if case .end(let end) = step {
                #expect(end == .undecided(index: 0, "nobody there"))
                break
            }
        }
        #expect(pauses.count == 11)
        #expect(pauses.max() == .seconds(5))
        #expect(pauses == pauses.sorted())

        var conflicting = AnswerProgress(count: 1, isContinued: false)
        step = conflicting.start()
        var attemptCount = 0
        while case .lookUp = step {
            step = conflicting.lookedUp(.mvccReadConflict)
            attemptCount += 1
        }
        #expect(attemptCount == 50)
        guard case .end(.refused(0, let reason)) = step else {
            Issue.record("\(step)")
            return
        }
        #expect(reason.contains("MVCC_READ_CONFLICT"))
    }
}
