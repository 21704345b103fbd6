package import FunctionTypes

/// Sources of events that other parts of a node serve: which there are, and what a trigger on them may ask for.
package protocol EventSources: Sendable {
    /// `triggerType` of a type that stands in templates; nil where it is not one of these.
    func triggerType(templateType: String) -> String?

    /// Everything that is wrong with a trigger's settings; nothing for types that are not among these.
    ///
    /// - Parameter triggerType: in any case.
    func problems(triggerType: String, configuration: JSONValue) -> [EventSourceProblem]
}

/// One thing that is wrong with a trigger's settings.
package struct EventSourceProblem: Hashable, Sendable {
    /// Names from the settings down, joined by dots; empty for the settings as a whole.
    package var key: String
    package var value: String?
    /// What is wrong, without a full stop.
    package var reason: String
    /// A whole sentence.
    package var remedy: String

    package init(key: String, value: String?, reason: String, remedy: String) {
        self.key = key
        self.value = value
        self.reason = reason
        self.remedy = remedy
    }
}
