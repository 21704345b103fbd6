import FunctionTypes
import Testing
import TriggerCore

@testable import TriggerService

@Suite("Nodes whose functions answer nothing")
struct NoAnswersTests {
    @Test("an answer is settled at once and never pending")
    func settles() async throws {
        let key = AnswerKey(triggerID: "t", eventIDs: ["trade/1/0/0"])
        let answer = HandlerAnswer(
            key: key, response: Array("{}".utf8), events: [], service: try ServiceName(validating: "shop"),
            organization: try OrganizationName(validating: "Org1MSP"))

        #expect(try await NoAnswers().settle(answer) == .none)
        #expect(try await NoAnswers().pending(key) == nil)
    }
}
