internal import FunctionTypes
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Takes the node's messages and has the handlers answer them.
final class FunctionProgram: Sendable {
    private let initialize: @Sendable (Context) async throws -> Void
    private let event: FunctionMain.EventHandler?
    private let http: FunctionMain.HTTPHandler?

    init(
        initialize: @escaping @Sendable (Context) async throws -> Void, event: FunctionMain.EventHandler?,
        http: FunctionMain.HTTPHandler?
    ) {
        self.initialize = initialize
        self.event = event
        self.http = http
    }

    func run() -> Never {
        guard let path = EnvironmentVariable.value("DUET_SOCKET"), let socket = UnixSocket(path: path) else {
            let text = "This program is a function: a node starts it. Put it into a code package as \"bootstrap\".\n"
            _ = Array(text.utf8).withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            exit(64)
        }
        let connection = NodeConnection(socket: socket)
        connection.send([
            "type": "hello", "token": .string(EnvironmentVariable.value("DUET_TOKEN") ?? ""), "version": "swift",
        ])
        var settings: JSONValue = [:]
        while let (header, body) = connection.receive() {
            let context = Context(settings: settings, header: header, connection: connection)
            switch header["type"]?.stringValue {
            case "load":
                settings = header
                connection.send(["type": "loaded"])
            case "initialize":
                // The node waits for the answer, and sends nothing else meanwhile.
                Task { connection.send(await self.initialized(context)) }
            case "hook":
                connection.send(["type": "hookDone"])
            case "invoke":
                // The node waits for the answer, and bounds how many there are at once.
                Task { await self.answer(header, body, context, connection) }
            default:
                break
            }
        }
        exit(0)
    }

    private func initialized(_ context: Context) async -> JSONValue {
        do {
            try await initialize(context)
            return ["type": "initialized", "error": .null]
        } catch {
            return ["type": "initialized", "error": Self.describe(error)]
        }
    }

    private func answer(
        _ header: JSONValue, _ body: [UInt8], _ context: Context, _ connection: NodeConnection
    ) async {
        var answer: [String: JSONValue] = ["type": "result", "id": .string(context.requestID)]
        var result: [UInt8] = []
        do {
            if let request = header["http"] {
                guard let http else {
                    throw FunctionError(
                        type: "HandlerNotFound", message: "This function takes events; it has no handler for requests.")
                }
                let response = try await http(Self.request(request, body), context)
                answer["http"] = [
                    "status": .integer(Int64(response.status)),
                    "headers": .array(response.headers.map { [.string($0.name), .string($0.value)] }),
                ]
                result = response.body
            } else {
                guard let event else {
                    throw FunctionError(
                        type: "HandlerNotFound", message: "This function takes requests; it has no handler for events.")
                }
                result = try await event(body, context)
            }
        } catch {
            answer["error"] = Self.describe(error)
        }
        connection.send(.object(answer), body: result)
    }

    private static func request(_ json: JSONValue, _ body: [UInt8]) -> HTTPRequest {
        func pairs(_ name: String) -> [(name: String, value: String)] {
            (json[name]?.arrayValue ?? []).compactMap { pair in
                guard let parts = pair.arrayValue, parts.count == 2, let name = parts[0].stringValue,
                    let value = parts[1].stringValue
                else { return nil }
                return (name, value)
            }
        }
        return HTTPRequest(
            method: json["method"]?.stringValue ?? "GET", path: json["path"]?.stringValue ?? "/",
            queries: pairs("queries"), headers: pairs("headers").map { ($0.name.lowercased(), $0.value) },
            clientAddress: json["clientIP"]?.stringValue ?? "", body: body)
    }

    private static func describe(_ error: any Error) -> JSONValue {
        let (type, message) =
            (error as? FunctionError).map { ($0.type, $0.message) } ?? ("\(Swift.type(of: error))", "\(error)")
        return [
            "errorType": .string(type), "errorMessage": .string(message), "stackTrace": [],
            "isHandled": .bool(error is FunctionError),
        ]
    }
}
