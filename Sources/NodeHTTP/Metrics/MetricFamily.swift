/// One figure for operators, with its samples by label.
package struct MetricFamily: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// Of one combination of label values.
    package struct Sample: Hashable, Sendable {
        package enum Value: Hashable, Sendable {
            case number(Double)
            /// - Parameters:
            ///   - counts: of observations up to each bound, beyond the last one at the end; not cumulated.
            ///   - sum: of all observations.
            case histogram(bounds: [Double], counts: [UInt64], sum: Double)
        }

        /// One for each of the family's labels.
        let labelValues: [String]
        let value: Value

        package init(_ labelValues: [String], _ value: Value) {
            self.labelValues = labelValues
            self.value = value
        }

        package init(_ labelValues: [String], _ number: Double) {
            self.init(labelValues, .number(number))
        }
    }

    package let name: String
    package let help: String
    package let kind: Kind
    /// Their values are bounded by configuration, never by what callers send.
    package let labels: [String]
    package let samples: [Sample]

    package init(name: String, help: String, kind: Kind, labels: [String], samples: [Sample]) {
        precondition(samples.allSatisfy { $0.labelValues.count == labels.count }, "each label has a value")
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.samples = samples
    }

    /// - Parameters:
    ///   - label: empty for a figure without labels.
    ///   - values: by the label's value.
    package init(name: String, help: String, kind: Kind, label: String = "", values: [String: Double]) {
        self.init(
            name: name, help: help, kind: kind, labels: label.isEmpty ? [] : [label],
            samples: values.sorted { $0.key < $1.key }.map { Sample(label.isEmpty ? [] : [$0.key], $0.value) })
    }
}
