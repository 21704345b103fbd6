import FunctionTypes
import Testing
import TriggerCore

@Suite("Functions that contracts may call")
struct CallableFunctionTests {
    @Test("a configuration survives the registry")
    func json() throws {
        var callable = CallableFunction(channel: "trade", contract: "grain")
        #expect(try CallableFunction(json: ["channel": "trade", "contract": "grain"]) == callable)
        callable.timeoutSeconds = 10
        #expect(try CallableFunction(json: callable.json) == callable)
    }

    @Test(
        "what is wrong is told by its member",
        arguments: [
            ("{}", "channel"), (#"{"channel": "", "contract": "c"}"#, "channel"),
            (#"{"channel": "trade"}"#, "contract"), (#"{"channel": "trade", "contract": 1}"#, "contract"),
            (#"{"channel": "trade", "contract": "c", "timeout": 0}"#, "timeout"),
            (#"{"channel": "trade", "contract": "c", "timeout": 11}"#, "timeout"),
            (#"{"channel": "trade", "contract": "c", "timeout": "2"}"#, "timeout"),
        ])
    func wrong(text: String, member: String) throws {
        let json = try JSONValue(parsing: Array(text.utf8))
        let error = #expect(throws: CallableFunction.Invalid.self) { try CallableFunction(json: json) }
        #expect(error?.description.hasPrefix("\"\(member)\"") == true)
    }
}
