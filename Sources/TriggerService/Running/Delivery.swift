internal import FabricTypes
internal import FunctionTypes
package import TriggerCore

/// Where deliveries go.
package struct DeliveryPlaces: Sendable {
    package var functions: any FunctionInvoking
    package var answers: any AnswerHandler
    package var sinks: any EventSink
    /// Where a span of each delivery goes; nil for nowhere.
    package var spans: (any SpanSink)?

    package init(
        functions: any FunctionInvoking, answers: any AnswerHandler, sinks: any EventSink,
        spans: (any SpanSink)? = nil
    ) {
        self.functions = functions
        self.answers = answers
        self.sinks = sinks
        self.spans = spans
    }
}

/// Takes events outside the node.
package protocol EventSink: Sendable {
    /// - Parameter traceparent: of this delivery; that of an event says where the event arose.
    /// - Returns: what the receiver's answer means for the events; never a partial result.
    func send(
        _ events: [EncodedCloudEvent], to sink: SinkRule, traceparent: String?
    ) async -> DeliveryPlanner.Result
}

/// One delivery of events, and what came of it.
struct Delivery: Sendable {
    let batch: DeliveryPlanner.Batch
    var result: DeliveryPlanner.Result
    var requestID: String
    var version: VersionID?
    var codeDigest: String?
    var response: [UInt8] = []
    var transactionIDs: [String] = []
    /// Of a dry run: what became of the events when they were live.
    var originals: [LedgerPoint: EventOutcome] = [:]
    /// To be forgotten once the position stands behind its events.
    var answerKey: AnswerKey?

    /// SHA-256 of the answer, hexadecimal digits; empty where there is none.
    var responseDigest: String { response.isEmpty ? "" : Digest(of: Bytes(response)).hex }
}

/// Hands a batch of events to a trigger's function or sink.
struct DeliveryCarrier: Sendable {
    let entry: TriggerEntry
    let replay: ReplayRecord?
    let places: DeliveryPlaces
    let time: TriggerTime
    let problem: SettlingProblem
    /// Whether what only waits should end.
    let isStopping: @Sendable () -> Bool

    /// What a delivery of these events sends: one event alone where batches hold one, else a list.
    func payload(_ events: [LedgerEvent]) -> [UInt8] {
        if entry.trigger.batch.countMax == 1, let event = events.first { return event.content.structured }
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for (index, event) in events.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += event.content.structured
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }

    /// Returns when the delivery has ended one way or another; until an answer is settled it is tried again, unless cancelled.
    func deliver(_ batch: DeliveryPlanner.Batch, _ events: [LedgerEvent]) async -> Delivery {
        let requestID = Self.requestID()
        let (start, begin) = (time.now(), time.uptime())
        let delivery = await deliver(batch, events, requestID)
        if let spans = places.spans {
            DeliverySpan.record(delivery, of: entry, events, start: start, duration: time.uptime() - begin, in: spans)
        }
        return delivery
    }

    private func deliver(
        _ batch: DeliveryPlanner.Batch, _ events: [LedgerEvent], _ requestID: String
    ) async -> Delivery {
        if let sink = entry.trigger.sink {
            let result = await places.sinks.send(
                events.map(\.content), to: sink,
                traceparent: DeliverySpan.context(of: events, requestID)?.description)
            return Delivery(batch: batch, result: result, requestID: requestID)
        }
        var delivery = Delivery(batch: batch, result: .handled, requestID: requestID)
        let report: InvocationReport
        do throws(FunctionError) {
            report = try await places.functions.invoke(invocation(batch, events, requestID))
        } catch {
            // Also a function that is not there: it may be deployed again, and the event must not be lost meanwhile.
            delivery.result = .unavailable(error.description)
            return delivery
        }
        delivery.version = report.version
        delivery.codeDigest = report.codeChecksum
        switch report.outcome {
        case .failure(let failure):
            delivery.result = .failed("\(failure.errorType): \(failure.message)")
        case .http:
            delivery.result = .failed("The function answers HTTP requests, not events.")
        case .event(let response):
            delivery.response = response
            await finish(&delivery, events, response)
        }
        return delivery
    }

    private func finish(_ delivery: inout Delivery, _ events: [LedgerEvent], _ response: [UInt8]) async {
        if entry.trigger.reportsItemFailures {
            switch BatchAnswer(response, ids: events.map { ($0.id, $0.content.attributes["sequence"] ?? "", $0.point) })
            {
            case .allHandled: break
            case .failed(let points): delivery.result = .partlyHandled(failed: points)
            case .malformed(let reason):
                delivery.result = .failed(reason)
                return
            }
        }
        guard replay?.isDryRun != true else { return }
        let answer = HandlerAnswer(
            key: AnswerKey(triggerID: entry.id, replayID: replay?.id ?? "", eventIDs: events.map(\.id)),
            response: response, events: events.map(\.origin), service: entry.target.id.service,
            organization: entry.target.id.organization, requestID: delivery.requestID,
            responseDigest: delivery.responseDigest)
        await settle(answer, &delivery)
    }

    private func settle(_ answer: HandlerAnswer, _ delivery: inout Delivery) async {
        var failureCount = 0
        defer { problem.clear(of: answer.key) }
        while true {
            do {
                switch try await places.answers.settle(answer) {
                case .none: break
                case .committed(let ids):
                    delivery.transactionIDs = ids
                    delivery.answerKey = answer.key
                case .refused(let reason):
                    delivery.result = .failed("Its answer was refused: \(reason)")
                }
                return
            } catch {
                problem.note(error, of: answer.key)
                failureCount += 1
                guard await pause(before: failureCount) else {
                    // The stored answer is found again at the next start.
                    delivery.result = .unavailable("The trigger was stopped while its answer was being settled.")
                    return
                }
            }
        }
    }

    /// Waits before a repeat.
    ///
    /// - Returns: false where the trigger stops meanwhile.
    func pause(before failureCount: Int) async -> Bool {
        let end = time.uptime() + entry.trigger.retry.wait(failureCount: failureCount, jitter: time.jitter())
        while !isStopping() {
            let rest = end - time.uptime()
            guard rest > .zero else { return true }
            do {
                try await time.sleep(min(rest, .seconds(1)))
            } catch {
                return false
            }
        }
        return false
    }

    private func invocation(
        _ batch: DeliveryPlanner.Batch, _ events: [LedgerEvent], _ requestID: String
    ) -> Invocation {
        var target = events.first?.target ?? entry.target
        if let qualifier = replay?.qualifier { target.qualifier = qualifier }
        var fields = ["channel": entry.trigger.channel]
        if let first = events.first {
            fields["eventId"] = first.id
            fields["blockNumber"] = String(first.origin.block)
            if !first.origin.transactionID.isEmpty { fields["txId"] = first.origin.transactionID }
        }
        if events.count > 1 { fields["eventCount"] = String(events.count) }
        if let replay { fields["replay"] = replay.id }
        var invocation = Invocation(
            requestID: requestID, target: target, payload: .event(payload(events)), origin: .trigger(entry.name),
            retryCount: batch.failureCount, traceparent: DeliverySpan.context(of: events, requestID)?.description,
            logFields: fields,
            cause: cause(events))
        invocation.otherTransactionIDs = events.dropFirst().map(\.origin.transactionID)
        return invocation
    }

    /// What the ledger keeps of transactions that the function submits while it runs: the event that is farthest from a client's
    /// transaction speaks for its batch.
    private func cause(_ events: [LedgerEvent]) -> InvocationCause? {
        events.max { $0.origin.causeDepth < $1.origin.causeDepth }.map { event in
            InvocationCause(
                channel: event.origin.channel, depth: event.origin.causeDepth, triggerID: entry.id, eventID: event.id,
                transactionID: event.origin.transactionID)
        }
    }

    /// A UUID, as Function Compute's request ids are.
    static func requestID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Bytes(bytes).hex
        var parts: [Substring] = []
        var rest = hex[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}

/// What a function says about the events of its batch, as Lambda's functions do.
enum BatchAnswer: Hashable {
    case allHandled
    case failed(Set<LedgerPoint>)
    case malformed(String)

    /// - Parameter ids: of each event its id, its sequence and its point; an answer may name it by either.
    init(_ response: [UInt8], ids: [(id: String, sequence: String, point: LedgerPoint)]) {
        guard !response.isEmpty else {
            self = .allHandled
            return
        }
        guard let json = try? JSONValue(parsing: response) else {
            self = .malformed("The answer about the batch's events is not JSON.")
            return
        }
        guard case .array(let failures)? = json.objectValue?["batchItemFailures"] else {
            self =
                json.objectValue?["batchItemFailures"] == nil
                ? .allHandled : .malformed("The answer's \"batchItemFailures\" is no list.")
            return
        }
        var points: Set<LedgerPoint> = []
        for failure in failures {
            let name = failure.objectValue?["itemIdentifier"]?.stringValue
            guard let event = ids.first(where: { $0.id == name || $0.sequence == name }) else {
                self = .malformed("The answer's \"batchItemFailures\" names an event that is not in the batch.")
                return
            }
            points.insert(event.point)
        }
        self = points.isEmpty ? .allHandled : .failed(points)
    }
}
