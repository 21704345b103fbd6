import HTTPTypes
import Testing

@testable import NodeHTTP

@Suite("Function Compute signatures")
struct FunctionSignatureTests {
    private static let date = "Thu, 01 Feb 2024 03:04:05 GMT"

    /// Made with the official Python client: key `testid`, secret `testsecret`.
    @Test(
        "the official client's signatures are right",
        arguments: [
            ("GET", "/2016-08-15/services", [:], false, "Uuobgfhv4VxONNjYEkAeooyLQfx2exa6sTF6D0a8Mcs="),
            (
                "POST", "/2016-08-15/services/demo.LATEST/functions/hello/invocations",
                ["x-fc-invocation-type": "Async", "x-fc-log-type": "None"], false,
                "+oeLfacMaecB0G02NpfkQ95eixxn3DaFjvt4I9dPX+0="
            ),
            (
                "GET", "/2016-08-15/proxy/demo/hello/a%20b?type=x&tag=2&tag=1&empty=", [:], true,
                "hwG4bRPz9hDw4a98rYNWkG/k2CI8VJRFCcuEAbpGiKQ="
            ),
            ("GET", "/2016-08-15/proxy/demo/hello/", [:], true, "YhPCz23QryZWB4jvuwsEzZW0lVx8cdwTID83IMn4Jrw="),
        ] as [(String, String, [String: String], Bool, String)])
    func vectors(_ method: String, _ target: String, _ extra: [String: String], _ signsQuery: Bool, _ expected: String)
    {
        let target = RequestTarget(target)
        var headers: HTTPFields = [.contentType: "application/json"]
        for (name, value) in extra { headers[HTTPField.Name(name)!] = value }
        let text = FunctionSignature.stringToSign(
            method: method, path: target.path, date: Self.date, headers: headers,
            query: signsQuery ? target.queryItems : nil)
        let secret = Secret(text: "testsecret")

        #expect(FunctionSignature.isValid(expected, of: text, secret: secret))
        #expect(!FunctionSignature.isValid(expected, of: text + " ", secret: secret))
        #expect(!FunctionSignature.isValid(expected, of: text, secret: Secret(text: "testsecreT")))
    }

    @Test("text that is no signature matches nothing", arguments: ["", "====", "AAAA", "nonsense with spaces"])
    func garbage(_ signature: String) {
        #expect(!FunctionSignature.isValid(signature, of: "x", secret: Secret(text: "s")))
    }

    @Test("a credential has the scheme FC, an id and a signature")
    func credential() {
        let credential = FunctionSignature.Credential(authorization: "FC id: c2ln")
        #expect(credential == .init(keyID: "id", signature: "c2ln"))
        for other in ["Bearer a.b", "FC", "FC :sig", "fc id:sig", "FC id"] {
            #expect(FunctionSignature.Credential(authorization: other) == nil)
        }
    }
}
