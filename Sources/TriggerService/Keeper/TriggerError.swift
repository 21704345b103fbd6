/// Why something cannot be done with a trigger.
package struct TriggerError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// There is no such trigger, replay or event.
        case notFound
        /// The request makes no sense as it stands.
        case invalid
        /// Not in the trigger's present condition. Change that first.
        case conflict
        /// Too much was asked for at once.
        case exhausted
    }

    package var code: Code
    /// A whole sentence, safe to show.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
