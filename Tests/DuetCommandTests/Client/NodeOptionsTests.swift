import Testing

@testable import DuetCommand

@Suite("Address of a node")
struct NodeOptionsTests {
    @Test(
        "a host and port are enough",
        arguments: [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://localhost", "http://localhost"),
            ("https://duet.example/", "https://duet.example"), ("[::1]:80", "http://[::1]:80"),
        ])
    func addresses(text: String, address: String) throws {
        #expect(try NodeOptions.address(text) == address)
    }

    @Test(
        "what is none is named",
        arguments: ["", "http://", "ftp://a", "http://a/path", "http://a?b", "http://u@a", "a b"])
    func wrong(text: String) {
        let error = #expect(throws: CommandError.self) { try NodeOptions.address(text) }
        #expect(error?.status == .usage && error?.message.contains("\"\(text)\"") == true)
    }
}
