import Crypto
import FabricTypes
import Testing

@testable import TriggerCore

@Suite("Nonces of answered transactions")
struct ServiceSecretTests {
    private let secret = ServiceSecret(Array(0..<32))

    @Test("the nonce is the keyed hash of trigger, replay, events, index and attempt, cut to 24 bytes")
    func derivation() throws {
        let secret = try #require(secret)
        let key = AnswerKey(triggerID: "t1", replayID: "", eventIDs: ["trade/7/0/0"])
        // Length-prefixed parts, written out by hand.
        var message: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 2] + Array("t1".utf8)
        message += [0, 0, 0, 0, 0, 0, 0, 0]
        message += [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 11] + Array("trade/7/0/0".utf8)
        message += [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 1]
        let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: Array(0..<32) as [UInt8]))

        #expect(secret.nonce(of: key, index: 2, attempt: 257) == Bytes(Array(code.prefix(24))))
    }

    @Test("whatever differs gives another nonce, also where the texts read the same in a row")
    func distinct() throws {
        let secret = try #require(secret)
        let other = try #require(ServiceSecret([UInt8](repeating: 9, count: 32)))
        let keys = [
            AnswerKey(triggerID: "ab", eventIDs: ["c"]), AnswerKey(triggerID: "a", replayID: "b", eventIDs: ["c"]),
            AnswerKey(triggerID: "a", eventIDs: ["b", "c"]), AnswerKey(triggerID: "a", eventIDs: ["bc"]),
            AnswerKey(triggerID: "a", eventIDs: ["c", "b"]),
        ]
        var nonces: [Bytes] = []
        for key in keys {
            for index in 0..<3 {
                for attempt in 0..<3 { nonces.append(secret.nonce(of: key, index: index, attempt: attempt)) }
            }
        }
        nonces.append(other.nonce(of: keys[0], index: 0, attempt: 0))

        #expect(Set(nonces).count == nonces.count)
        #expect(nonces.allSatisfy { $0.count == 24 })
    }

    @Test("a secret of another length is none, and none is ever printed")
    func secrecy() throws {
        #expect(ServiceSecret([1, 2, 3]) == nil)
        var text = ""
        dump(try #require(secret), to: &text)
        #expect("\(try #require(secret))" == "ServiceSecret")
        #expect(!text.contains("31"))
    }
}
