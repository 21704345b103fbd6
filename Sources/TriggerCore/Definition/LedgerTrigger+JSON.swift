internal import FabricTypes
package import FunctionTypes

extension LedgerTrigger {
    /// Settings that are refused, with everything that is wrong.
    package struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        package var problems: [TriggerProblem]

        package var description: String {
            problems.map { problem in
                let value = problem.value.map { " \"\($0)\"" } ?? ""
                return "\(problem.key)\(value) is refused: \(problem.reason). \(problem.remedy)"
            }.joined(separator: " ")
        }
    }

    /// Reads a trigger's settings, from a template's `Properties` or the API's `triggerConfig`: names in any case.
    ///
    /// - Parameter keys: filled with the settings that are asked for.
    /// - Throws: ``Invalid``.
    package init(source: Source, parsing json: JSONValue, noting keys: SettingKeys? = nil) throws(Invalid) {
        guard let members = json.objectValue else {
            throw Invalid(problems: [
                TriggerProblem(key: "", value: nil, reason: "the settings are no object", remedy: "Write members.")
            ])
        }
        var reader = SettingReader(members, keys: keys)
        // These are the function's own and were read elsewhere.
        _ = reader.take("Qualifier")
        _ = reader.take("InvocationRole")
        self.init(source: source, channel: reader.text("Channel", isRequired: true) ?? "")
        readChannel(&reader)
        if source == .transaction || source == .contractEvent { readFilter(&reader) }
        readStart(&reader)
        readBatch(&reader)
        readOrder(&reader)
        reader.within("Retry") { readRetry(&$0) }
        bisectsBatch = reader.boolean("BisectBatchOnError") ?? false
        reportsItemFailures = reader.boolean("ReportBatchItemFailures") ?? false
        isEnabled = reader.boolean("Enable") ?? true
        sink = reader.within("Sink") { Self.readSink(&$0, batch: batch) } ?? nil
        reader.refuseRest()
        guard reader.problems.isEmpty else { throw Invalid(problems: reader.problems) }
    }

    private func readChannel(_ reader: inout SettingReader) {
        guard !channel.isEmpty, (try? ChannelID(validating: channel)) == nil else { return }
        reader.refuse(
            "Channel", .string(channel), "it is no channel's name", "Use lowercase letters, digits, dots and hyphens.")
    }

    private mutating func readFilter(_ reader: inout SettingReader) {
        filter.contracts = reader.patterns("Contract")
        filter.events = reader.patterns("Event")
        filter.functions = reader.patterns("Function")
        filter.keys = reader.patterns("Keys")
        filter.organizations = Set(reader.texts("Organizations"))
        let codes = reader.texts("Validation")
        if codes.contains("ANY") {
            filter.validationCodes = []
        } else if !codes.isEmpty {
            filter.validationCodes = Set(codes)
            let known = Set((UInt8.min...UInt8.max).map { ValidationCode(rawValue: $0).name })
            for code in codes where !known.contains(code) {
                reader.refuse(
                    "Validation", .string(code), "it is no validation code",
                    "Use ANY, or names such as VALID and MVCC_READ_CONFLICT.")
            }
        }
        readArguments(&reader)
        guard let json = reader.take("Filter") else { return }
        do throws(InvalidPattern) {
            filter.payload = try DocumentPattern(parsing: json)
        } catch {
            reader.add(error, to: "Filter")
        }
    }

    private mutating func readArguments(_ reader: inout SettingReader) {
        guard let value = reader.take("Arguments") else { return }
        guard let list = value.arrayValue, list.count <= 100 else {
            reader.refuse(
                "Arguments", value, "it is no list", "For each argument write null or a list of conditions.")
            return
        }
        for (index, entry) in list.enumerated() {
            guard entry != .null else {
                filter.arguments.append(nil)
                continue
            }
            do throws(InvalidPattern) {
                var patterns: [ValuePattern] = []
                for condition in entry.arrayValue ?? [entry] {
                    patterns.append(try ValuePattern(parsing: condition, at: "[\(index)]"))
                }
                filter.arguments.append(patterns)
            } catch {
                reader.add(error, to: "Arguments")
            }
        }
    }

    private mutating func readStart(_ reader: inout SettingReader) {
        guard let value = reader.take("StartingPosition") else { return }
        let text = value.stringValue ?? value.integerValue.map { String($0) } ?? ""
        switch text.uppercased() {
        case "LATEST": start = .latest
        case "EARLIEST": start = .earliest
        default:
            guard let number = UInt64(text) else {
                reader.refuse(
                    "StartingPosition", value, "it is no position", "Use LATEST, EARLIEST or a block's number.")
                return
            }
            start = .block(number)
        }
    }

    private mutating func readBatch(_ reader: inout SettingReader) {
        batch.countMax = reader.integer("BatchSize", in: 1...BatchRule.countMaxAllowed, unit: "a number of events") ?? 1
        batch.window = .milliseconds(
            Int64((reader.number("BatchWindow", in: 0...300, unit: "seconds") ?? 0) * 1000))
    }

    private mutating func readOrder(_ reader: inout SettingReader) {
        let key = reader.text("OrderBy")
        var parallel = reader.integer("Parallel", in: 1...1000, unit: "a number of deliveries")
        if let key, key != "channel" {
            if let source = EventOrder.source(key) {
                order = .key(source)
            } else {
                reader.refuse(
                    "OrderBy", .string(key), "it names no key",
                    "Use channel, key, creator, argument:0 or payload:/member.")
            }
            parallel = parallel ?? 8
        } else if let count = parallel, count > 1 {
            reader.refuse(
                "Parallel", .integer(Int64(count)), "the order is that of the whole channel", "Set OrderBy to a key.")
        }
        parallelMax = parallel ?? 1
        onFailure = reader.choice("OnFailure", of: OnFailure.self) ?? (isKeyed ? .parkKey : .park)
        if onFailure == .parkKey, !isKeyed {
            reader.refuse("OnFailure", "PARK_KEY", "the order is that of the whole channel", "Set OrderBy to a key.")
        }
    }

    private mutating func readRetry(_ reader: inout SettingReader) {
        if let count = reader.integer("MaximumRetryAttempts", in: -1...10_000, unit: "a number of repeats, -1 for any")
        {
            retry.countMax = count < 0 ? nil : count
        }
        if let age = reader.integer("MaximumEventAge", in: -1...604_800, unit: "seconds, -1 for any age"), age >= 0 {
            retry.ageMax = .seconds(age)
        }
        if let delay = reader.number("Delay", in: 0.01...3600, unit: "seconds before the first repeat") {
            retry.delay = .milliseconds(Int64(delay * 1000))
        }
        if let delay = reader.number("MaximumDelay", in: 0.01...86_400, unit: "seconds") {
            retry.delayMax = .milliseconds(Int64(delay * 1000))
        }
        retry.delayMax = max(retry.delay, retry.delayMax)
    }

    private static func readSink(_ reader: inout SettingReader, batch: BatchRule) -> SinkRule? {
        guard let url = reader.text("Url", isRequired: true, byteCountMax: 8192) else { return nil }
        var sink = SinkRule(url: url)
        let lowered = url.lowercased()
        if !lowered.hasPrefix("http://") && !lowered.hasPrefix("https://") || url.utf8.contains(where: { $0 <= 0x20 }) {
            reader.refuse("Url", .string(url), "it is no HTTP address", "Begin it with https:// or http://.")
        }
        sink.mode = reader.choice("Mode", of: SinkRule.Mode.self) ?? .structured
        if sink.mode == .binary, batch.countMax > 1 {
            reader.refuse(
                "Mode", "BINARY", "a binary delivery holds one event, and BatchSize is \(batch.countMax)",
                "Use STRUCTURED, or a BatchSize of 1.")
        }
        sink.secret = reader.text("Secret")
        if let seconds = reader.number("Timeout", in: 0.1...600, unit: "seconds") {
            sink.timeout = .milliseconds(Int64(seconds * 1000))
        }
        return sink
    }
}
