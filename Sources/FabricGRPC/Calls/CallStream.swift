package import FabricTypes

/// The two directions of one streaming call.
///
/// The caller's end of sending ends ``requests``; answers may go on as long as the handler runs.
package struct CallStream: Sendable {
    package let context: CallContext
    /// The caller's messages. Can be read once, by one task at a time.
    package let requests: MessageSequence
    private let write: @Sendable (Bytes) async throws -> Void

    package init(
        context: CallContext, requests: MessageSequence, write: @escaping @Sendable (Bytes) async throws -> Void
    ) {
        self.context = context
        self.requests = requests
        self.write = write
    }

    /// Sends one message. Suspends while the caller does not read.
    ///
    /// - Throws: when the call is over.
    package func send(_ message: Bytes) async throws {
        try await write(message)
    }
}

/// Messages as they arrive.
package struct MessageSequence: AsyncSequence, Sendable {
    package typealias Element = Bytes
    package typealias Failure = any Error

    private let next: @Sendable () async throws -> Bytes?

    /// - Parameter next: the next message or nil at the end; never called twice at once.
    package init(next: @escaping @Sendable () async throws -> Bytes?) {
        self.next = next
    }

    package func makeAsyncIterator() -> Iterator { Iterator(pull: next) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let pull: @Sendable () async throws -> Bytes?

        package func next() async throws -> Bytes? { try await pull() }

        package func next(isolation actor: isolated (any Actor)?) async throws -> Bytes? { try await pull() }
    }
}
