internal import FunctionTypes

/// Runs a function that is a program of its own: what its `main` calls.
///
/// ```swift
/// FunctionMain.run { event, context in
///     context.logger.info("took \(event.count) bytes")
///     return event
/// }
/// ```
///
/// The program becomes the file `bootstrap` of a code package, and runs under the runtime `custom`. The node starts it, hands it
/// invocations, and ends it when it is needed no more.
public enum FunctionMain {
    /// What handles events: their bytes in, the result's bytes out. An error that is thrown is the function's failure.
    public typealias EventHandler = @Sendable (_ event: [UInt8], _ context: Context) async throws -> [UInt8]

    /// What handles requests of an HTTP trigger.
    public typealias HTTPHandler = @Sendable (_ request: HTTPRequest, _ context: Context) async throws -> HTTPResponse

    /// Answers events until the node ends the program.
    ///
    /// As many invocations run at once as the function's `InstanceConcurrency` says.
    ///
    /// - Parameter initialize: runs once before the first invocation, if the function names an initializer.
    public static func run(
        initialize: @escaping @Sendable (Context) async throws -> Void = { _ in },
        _ handler: @escaping EventHandler
    ) -> Never {
        FunctionProgram(initialize: initialize, event: handler, http: nil).run()
    }

    /// Answers requests of HTTP triggers until the node ends the program.
    public static func runHTTP(
        initialize: @escaping @Sendable (Context) async throws -> Void = { _ in },
        _ handler: @escaping HTTPHandler
    ) -> Never {
        FunctionProgram(initialize: initialize, event: nil, http: handler).run()
    }

    /// Answers both, until the node ends the program: one program for functions with an HTTP trigger and for those without.
    public static func run(
        initialize: @escaping @Sendable (Context) async throws -> Void = { _ in },
        event: @escaping EventHandler, http: @escaping HTTPHandler
    ) -> Never {
        FunctionProgram(initialize: initialize, event: event, http: http).run()
    }
}

/// A failure whose class and text the caller is to see.
public struct FunctionError: Error, Sendable {
    /// Its class, such as `OrderNotFound`; 128 characters at most.
    public var type: String
    public var message: String

    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }
}

/// A request as an HTTP trigger received it.
public struct HTTPRequest: Sendable {
    /// Upper-case.
    public var method: String
    /// Decoded, beginning with `/`, without the part that found the function.
    public var path: String
    /// Decoded, in their order; names may repeat.
    public var queries: [(name: String, value: String)]
    /// In their order; names in lower case.
    public var headers: [(name: String, value: String)]
    public var clientAddress: String
    public var body: [UInt8]

    /// The first value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name.lowercased() }?.value
    }

    /// The first value of a part of the query.
    public func query(_ name: String) -> String? {
        queries.first { $0.name == name }?.value
    }
}

/// The answer to a request.
public struct HTTPResponse: Sendable {
    /// 200…599.
    public var status: Int
    public var headers: [(name: String, value: String)]
    /// 32 MiB at most.
    public var body: [UInt8]

    public init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(_ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8") {
        self.init(status: status, headers: [("content-type", contentType)], body: Array(text.utf8))
    }
}
