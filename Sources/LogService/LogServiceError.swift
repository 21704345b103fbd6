/// The log service refuses a call.
package struct LogServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable, CaseIterable {
        case projectNotFound
        case projectExists
        /// The project belongs to another organisation.
        case forbidden
        case logstoreNotFound
        case logstoreExists
        case indexNotFound
        case indexExists
        case shardNotFound
        case consumerGroupNotFound
        case consumerGroupExists
        /// The consumer does not hold the shard.
        case notHolder
        case alarmNotFound
        /// A value breaks its rule: change it.
        case invalid
        /// A bound on the number of something: remove some.
        case tooMany
        /// A write with an entry over the size bound.
        case tooLarge
    }

    package let code: Code
    /// A whole sentence, safe to show.
    package let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
