internal import FunctionCore
internal import FunctionTypes

/// How the node speaks with the runtime inside one instance: our bootstraps' messages, or one of the protocols for executables.
///
/// Every wait ends: with an answer, at its time-out, or when the runtime is gone.
protocol RuntimeLink: Sendable {
    /// Has the function's code loaded. The value is what went wrong in it, nil if nothing did.
    func load(_ assignment: Assignment, timeout: Duration) async -> LinkReply<FunctionFailure?>

    /// Runs the function's initializer.
    func initialize(id: String, timeout: Duration) async -> LinkReply<FunctionFailure?>

    func invoke(_ invocation: Invocation, timeout: Duration) async -> LinkReply<LinkAnswer>

    func run(_ hook: LifecycleHook, _ kind: HookKind, id: String, timeout: Duration) async -> LinkReply<Void>

    /// Ends every wait.
    func close(reason: String)
}

enum LinkReply<Value: Sendable>: Sendable {
    case value(Value)
    case timedOut
    /// What the function's own server answered is no HTTP, or too much.
    case malformed(reason: String)
    /// The runtime is gone or sent rubbish.
    case closed(reason: String)
}

struct LinkAnswer: Sendable {
    var outcome: InvocationOutcome
    /// As the runtime tells it; 0 if it does not.
    var memoryByteCountPeak = 0
}

enum HookKind: String, Sendable {
    case preFreeze = "PreFreeze"
    case preStop = "PreStop"

    var path: String { self == .preFreeze ? "/pre-freeze" : "/pre-stop" }
}

/// A function that was given to an instance.
struct Assignment: Sendable {
    var specification: InstanceSpecification
    /// Where its code lies for the function.
    var codeFolder: String
    /// Its own variables and the platform's.
    var environment: [String: String]
}
