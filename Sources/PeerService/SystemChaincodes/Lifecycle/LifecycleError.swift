/// Why `_lifecycle` does not do what it was asked for, in the words of Fabric's peers.
struct LifecycleError: Error, CustomStringConvertible {
    enum Code: Sendable {
        case refused
        /// What was asked about is not there: answered with status 404.
        case notFound
    }

    let code: Code
    let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ description: String) {
        self.init(.refused, description)
    }

    /// Puts what was being done in front of whatever goes wrong.
    static func within<Value>(_ context: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw LifecycleError("\(context): \(error)")
        }
    }
}
