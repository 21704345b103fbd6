internal import FunctionCore
internal import FunctionTypes

extension InstanceConnection: RuntimeLink {
    func load(_ assignment: Assignment, timeout: Duration) async -> LinkReply<FunctionFailure?> {
        await ask(.load(assignment), expecting: "loaded", timeout: timeout).map(\.initializationFailure)
    }

    func initialize(id: String, timeout: Duration) async -> LinkReply<FunctionFailure?> {
        await ask(.initialize(id: id), expecting: "initialized", timeout: timeout).map(\.initializationFailure)
    }

    func invoke(_ invocation: Invocation, timeout: Duration) async -> LinkReply<LinkAnswer> {
        var isHTTP = false
        if case .http = invocation.payload { isHTTP = true }
        return await ask(invocation, timeout: timeout).map { message in
            LinkAnswer(
                outcome: message.outcome(isHTTP: isHTTP),
                memoryByteCountPeak: Int(clamping: message.header["memory"]?.integerValue ?? 0))
        }
    }

    func run(_ hook: LifecycleHook, _ kind: HookKind, id: String, timeout: Duration) async -> LinkReply<Void> {
        await ask(.hook(id: id, handler: hook.handler), expecting: "hookDone", timeout: timeout).map { _ in }
    }
}

extension InstanceConnection.Reply {
    fileprivate func map<Value>(_ transform: (RuntimeMessage) -> Value) -> LinkReply<Value> {
        switch self {
        case .message(let message): .value(transform(message))
        case .timedOut: .timedOut
        case .closed(let reason): .closed(reason: reason)
        }
    }
}
