import FunctionTypes
import Testing

@testable import TriggerCore

@Suite("Settings of triggers on logstores")
struct LogTriggerTests {
    private let settings = """
        {"sourceConfig":{"logstore":"lines"},"jobConfig":{"maxRetryTime":2,"triggerInterval":30},
         "logConfig":{"project":"own","logstore":"jobs"},"functionParameter":{"a":1},"enable":false}
        """

    @Test("the project is the source's, else that of the trigger's own log")
    func projects() throws {
        let json = try JSONValue(parsing: settings)

        #expect(try LogTrigger(parsing: json).project == "own")
        let arn = "acs:log:local:Org1MSP:project/source"
        let trigger = try LogTrigger(parsing: json, sourceARN: arn)
        #expect(trigger.project == "source")
        #expect(trigger.logstore == "lines")
        #expect(trigger.interval == .seconds(30))
        #expect(trigger.repeatCountMax == 2)
        #expect(!trigger.isEnabled)
    }

    @Test(
        "what is wrong is refused by its name",
        arguments: [
            (#"{}"#, "sourceConfig"), (#"{"sourceConfig":{}}"#, "sourceConfig.logstore"),
            (#"{"sourceConfig":{"logstore":"l"},"jobConfig":{"triggerInterval":2}}"#, "jobConfig.triggerInterval"),
            (#"{"sourceConfig":{"logstore":"l"},"colour":1}"#, "colour"), (#"[]"#, ""),
        ])
    func refusals(text: String, key: String) throws {
        do {
            _ = try LogTrigger(parsing: JSONValue(parsing: text))
            Issue.record("\(text) was taken")
        } catch let error as LedgerTrigger.Invalid {
            #expect(error.problems.map(\.key).contains(key))
        }
    }

    @Test("an event names its slice as the log service does")
    func event() throws {
        let trigger = try LogTrigger(parsing: JSONValue(parsing: settings))

        let event = trigger.event(
            LogSlice(shard: 3, begin: 1_500_000, end: 2_500_000), job: "j", task: "t", endpoint: "http://localhost")

        #expect(event["source"]?["shardId"] == 3)
        #expect(event["source"]?["beginCursor"]?.stringValue.flatMap { Base64.decode($0) } == Array("1500000".utf8))
        #expect(event["cursorTime"] == 2)
        #expect(event["parameter"] == ["a": 1])
        #expect(event["jobName"] == "j")
        #expect(event["taskId"] == "t")
    }
}
