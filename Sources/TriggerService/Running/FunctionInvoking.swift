package import FunctionTypes

/// How triggers reach functions; a function platform carries it out.
package protocol FunctionInvoking: Sendable {
    /// Runs a function and waits for its end.
    ///
    /// - Throws: ``FunctionError`` if the platform could not run it; a function that fails is an outcome.
    func invoke(_ invocation: Invocation) async throws(FunctionError) -> InvocationReport

    /// - Throws: ``FunctionError`` where there is no such function, version or alias now.
    func find(_ target: FunctionTarget) throws(FunctionError)
}

extension FunctionInvoking {
    /// Whoever cannot tell finds out by invoking.
    package func find(_ target: FunctionTarget) throws(FunctionError) {}
}
