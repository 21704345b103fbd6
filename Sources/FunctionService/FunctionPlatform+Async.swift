package import FunctionCore
package import FunctionTypes

extension FunctionPlatform {
    /// Accepts an invocation to be run later; on return it survives a loss of power.
    ///
    /// - Parameters:
    ///   - id: the caller's own id, used once per function; nil makes one.
    ///   - isStateful: whether its record can be read afterwards; nil leaves it to the function's configuration.
    /// - Throws: ``FunctionError`` if there is no such function, the payload is too large, or the id was used before.
    package func enqueue(
        _ target: FunctionTarget, payload: [UInt8], requestID: String, id: InvocationID? = nil, isStateful: Bool? = nil,
        traceparent: String? = nil
    ) async throws -> InvocationID {
        try Self.checkEvent(payload)
        let function = try registry.read { registry throws(FunctionError) in try registry.resolve(target, draw: 0) }
        let invocation = AsyncInvocation(
            id: id ?? InvocationID(unchecked: requestID), requestID: requestID, target: target, now: time.now(),
            isStateful: isStateful ?? function.asyncConfiguration.isStateful ?? false,
            traceparent: traceparent.flatMap { TraceParent($0) }?.description)
        try await queue.enqueue(invocation, payload: payload)
        return invocation.id
    }

    /// An asynchronous invocation's record and event.
    ///
    /// - Throws: `StatefulAsyncInvocationNotFound`.
    package func asyncInvocation(_ key: AsyncInvocationKey) async throws -> (AsyncInvocation, payload: [UInt8]) {
        guard let (invocation, payload) = try await asyncStorage.read({ try $0.invocation(key) }) else {
            throw FunctionError(
                .asyncInvocationNotFound,
                "Invocation \"\(key.id)\" of function \"\(key.function.service)/\(key.function.function)\" does not exist, or has ended and left no record."
            )
        }
        return (queue.overlay(invocation), payload)
    }

    package func asyncInvocations(_ filter: AsyncFilter) async throws -> [AsyncInvocation] {
        try await asyncStorage.read { try $0.invocations(filter) }.map(queue.overlay)
    }

    /// Asynchronous invocations that were accepted and have not ended.
    package var asyncWaitingCount: Int { queue.waitingCount }

    package func stopAsyncInvocation(_ key: AsyncInvocationKey) async throws {
        try await queue.stop(key)
    }

    // Dead letters.

    package func deadLetters(_ filter: AsyncFilter) async throws -> [DeadLetter] {
        try await asyncStorage.read { try $0.deadLetters(filter) }
    }

    /// - Throws: `ResourceNotFound`, also for one of another organisation.
    package func deadLetter(_ number: Int64, of organization: OrganizationName) async throws -> DeadLetter {
        guard let letter = try await asyncStorage.read({ try $0.deadLetter(number) }),
            letter.invocation.target.id.organization == organization
        else { throw FunctionError(.resourceNotFound, "Dead letter \(number) does not exist.") }
        return letter
    }

    /// Puts another event into a dead letter; on return it survives a loss of power.
    ///
    /// - Throws: `ResourceNotFound`, also for one of another organisation; `EntityTooLarge`.
    package func editDeadLetter(
        _ number: Int64, of organization: OrganizationName, payload: [UInt8]
    ) async throws -> DeadLetter {
        var letter = try await deadLetter(number, of: organization)
        try Self.checkEvent(payload)
        guard try await asyncStorage.perform(.edit(deadLetter: number, payload: payload)) else {
            throw FunctionError(.resourceNotFound, "Dead letter \(number) does not exist.")
        }
        letter.payload = payload
        return letter
    }

    private static func checkEvent(_ payload: [UInt8]) throws(FunctionError) {
        guard payload.count <= FunctionLimits.asyncPayloadByteCountMax else {
            throw FunctionError(
                .entityTooLarge,
                "The event has \(payload.count) bytes; \(FunctionLimits.asyncPayloadByteCountMax) are the most for asynchronous invocations."
            )
        }
    }

    /// Sends a dead letter again as a new invocation; it is gone from the dead letters then.
    ///
    /// - Parameter payload: the event to send in its place; nil sends the same.
    /// - Returns: the new invocation's id.
    package func redrive(
        _ number: Int64, of organization: OrganizationName, payload: [UInt8]? = nil
    ) async throws -> InvocationID {
        let letter = try await deadLetter(number, of: organization)
        let event = payload ?? letter.payload
        try Self.checkEvent(event)
        let id = RequestID.make()
        let invocation = AsyncInvocation(
            id: InvocationID(unchecked: id), requestID: id, target: letter.invocation.target, now: time.now(),
            isStateful: letter.invocation.isStateful, trigger: letter.invocation.trigger,
            traceparent: letter.invocation.traceparent)
        try await queue.redrive(number, invocation, payload: event)
        return invocation.id
    }

    /// - Returns: how many were removed; those of other organisations are passed over.
    package func purgeDeadLetters(_ numbers: [Int64], of organization: OrganizationName) async throws -> Int {
        try await asyncStorage.read { store in
            let own = try numbers.filter {
                try store.deadLetter($0)?.invocation.target.id.organization == organization
            }
            return try store.purgeDeadLetters(own)
        }
    }
}
