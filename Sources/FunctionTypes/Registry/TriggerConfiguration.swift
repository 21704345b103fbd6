/// What a user sets on a trigger.
package struct TriggerConfiguration: Hashable, Sendable, Codable {
    package var description: String?
    package var source: TriggerSource
    package var sourceARN: String?
    package var invocationRole: String?
    /// The version or alias that the trigger invokes.
    package var qualifier: Qualifier

    package init(source: TriggerSource, qualifier: Qualifier = .latest) {
        self.source = source
        self.qualifier = qualifier
    }
}

/// What sets a trigger off.
package enum TriggerSource: Hashable, Sendable, Codable {
    case http(HTTPTriggerConfiguration)
    case timer(TimerTriggerConfiguration)
    /// A source that another part of the node serves, such as the ledger or the logs, or that only a cloud has. The
    /// configuration stands as it was sent.
    case other(type: String, configuration: JSONValue)

    /// Function Compute's `triggerType`.
    package var typeName: String {
        switch self {
        case .http: "http"
        case .timer: "timer"
        case .other(let type, _): type
        }
    }
}

package struct HTTPTriggerConfiguration: Hashable, Sendable, Codable {
    package enum Authorization: String, Hashable, Sendable, Codable {
        case anonymous
        /// Calls must carry a signature of the organisation's access key.
        case function
    }

    package static let methodsAllowed = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]

    package var authorization: Authorization
    /// Upper-case, in the order they were given.
    package var methods: [String]

    package init(authorization: Authorization, methods: [String]) {
        self.authorization = authorization
        self.methods = methods
    }
}

package struct TimerTriggerConfiguration: Hashable, Sendable, Codable {
    /// What happens to ticks that fell into a time when the node did not run.
    package enum Misfire: String, Hashable, Sendable, Codable, CaseIterable {
        /// The latest missed tick runs once. The default.
        case once
        case skip
        /// Every missed tick runs, at most ``TimerTriggerConfiguration/missedTickCountMax``, the latest ones.
        case all
    }

    package static let missedTickCountMax = 1000

    /// As the user wrote it; it was checked when the trigger was made.
    package var cronExpression: String
    package var payload: String
    package var isEnabled: Bool
    package var misfire: Misfire

    package init(cronExpression: String, payload: String = "", isEnabled: Bool = true, misfire: Misfire = .once) {
        self.cronExpression = cronExpression
        self.payload = payload
        self.isEnabled = isEnabled
        self.misfire = misfire
    }
}
