package import FunctionTypes

/// What a user asks of a trigger on a logstore, checked. The settings are those of Function Compute's `log` triggers.
package struct LogTrigger: Hashable, Sendable {
    /// Function Compute's `triggerType`.
    package static let typeName = "log"

    /// Empty where neither the settings nor the source's ARN name one.
    package var project: String
    package var logstore: String
    /// Between two looks at the logstore.
    package var interval: Duration
    /// Repeats after a failure of the function; then the slice is skipped.
    package var repeatCountMax: Int
    /// Handed to the function as it stands.
    package var parameter: JSONValue
    package var isEnabled: Bool

    /// - Parameter sourceARN: `acs:log:<region>:<account>:project/<project>`, which wins over `logConfig.project`.
    /// - Throws: ``LedgerTrigger/Invalid``.
    package init(parsing json: JSONValue, sourceARN: String? = nil) throws(LedgerTrigger.Invalid) {
        guard let members = json.objectValue else {
            throw LedgerTrigger.Invalid(problems: [
                TriggerProblem(key: "", value: nil, reason: "the settings are no object", remedy: "Write members.")
            ])
        }
        var reader = SettingReader(members)
        // These are the function's own and were read elsewhere.
        _ = reader.take("Qualifier")
        _ = reader.take("InvocationRole")
        let source = reader.within("sourceConfig") { $0.text("logstore", isRequired: true) }
        if source == nil, reader.problems.isEmpty {
            reader.refuse("sourceConfig", nil, "it is missing", "Name the logstore: {logstore: …}.")
        }
        logstore = source.flatMap { $0 } ?? ""
        var (interval, repeatCountMax) = (60, 3)
        _ = reader.within("jobConfig") { job in
            interval = job.integer("triggerInterval", in: 3...600, unit: "seconds") ?? interval
            repeatCountMax = job.integer("maxRetryTime", in: 0...100, unit: "repeats") ?? repeatCountMax
        }
        self.interval = .seconds(interval)
        self.repeatCountMax = repeatCountMax
        // The trigger's own log, of which only the project counts here: what functions say has a logstore already.
        let own = reader.within("logConfig") { log in
            _ = log.text("logstore")
            return log.text("project")
        }
        let named = sourceARN.flatMap { arn in arn.split(separator: "project/", maxSplits: 1).last.map(String.init) }
        project = named ?? own.flatMap { $0 } ?? ""
        parameter = reader.take("functionParameter") ?? [:]
        isEnabled = reader.boolean("enable") ?? true
        reader.refuseRest()
        guard reader.problems.isEmpty else { throw LedgerTrigger.Invalid(problems: reader.problems) }
    }

    /// The event about a slice of a shard, in Function Compute's form.
    ///
    /// - Parameters:
    ///   - job: the trigger's own id.
    ///   - task: names this slice; a repeat has the same.
    package func event(_ slice: LogSlice, job: String, task: String, endpoint: String) -> JSONValue {
        [
            "parameter": parameter,
            "source": [
                "endpoint": .string(endpoint), "projectName": .string(project), "logstoreName": .string(logstore),
                "shardId": .integer(Int64(slice.shard)), "beginCursor": .string(LogSlice.cursor(slice.begin)),
                "endCursor": .string(LogSlice.cursor(slice.end)),
            ],
            "jobName": .string(job), "taskId": .string(task), "cursorTime": .integer(slice.end / 1_000_000),
        ]
    }
}

/// Entries of one shard from one sequence up to another, which does not belong to it. A sequence is the microsecond of arrival.
package struct LogSlice: Hashable, Sendable {
    package var shard: Int
    package var begin: Int64
    package var end: Int64

    package init(shard: Int, begin: Int64, end: Int64) {
        self.shard = shard
        self.begin = begin
        self.end = end
    }

    /// As the log service writes it: base64 of the decimal number.
    package static func cursor(_ sequence: Int64) -> String { Base64.encode(Array(String(sequence).utf8)) }
}
