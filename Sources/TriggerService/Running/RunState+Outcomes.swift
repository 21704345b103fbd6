internal import FabricTypes
internal import FunctionTypes
internal import Logging
internal import TriggerCore

extension RunState {
    mutating func handle(_ signal: TriggerRun.Signal) {
        switch signal {
        case .delivered(let delivery): finish(delivery)
        case .saved(let progress, let keys, let error): saved(progress, keys, error)
        case .unparked(let point, let delivery):
            next.unparked.append(point)
            next.outcomes.append(outcome(of: point, delivery, .handled))
            if let key = delivery.answerKey { answered.append(key) }
            run.note { $0.handledCount += 1 }
        case .drained(let key, let through):
            drainsRunning.remove(key)
            guard let last = parked[key] else { return }
            if last <= through {
                parked[key] = nil
            } else {
                // More came meanwhile, which may not be stored yet.
                drainsLeft.insert(key)
                if !isSaving, next.parked.isEmpty { resumeDrains() }
            }
        case .drainFailed(let key, let reason):
            drainsRunning.remove(key)
            run.note { $0.lastError = reason }
        }
    }

    private mutating func resumeDrains() {
        for key in drainsLeft { run.release(key: key) }
        drainsLeft = []
    }

    private mutating func finish(_ delivery: Delivery) {
        deliveryCount -= 1
        let error = delivery.result.error
        if let error {
            run.note { status in
                status.failedCount += 1
                status.lastError = error
            }
        }
        let actions = planner.finished(
            delivery.batch, delivery.result, now: run.time.uptime(), jitter: run.time.jitter())
        for action in actions { apply(action, delivery) }
        if let key = delivery.answerKey { answered.append(key) }
    }

    private mutating func apply(_ action: DeliveryPlanner.Action, _ delivery: Delivery) {
        let isDryRun = run.replay?.isDryRun == true
        switch action {
        case .settle(let items):
            for item in items {
                next.outcomes.append(outcome(of: item.point, delivery, isDryRun ? .rehearsed : .handled))
                count(item.point, delivery)
            }
            close(items)
            run.note { $0.handledCount += items.count }
        case .deadLetter(let items, let reason, let failureCount):
            let status: EventOutcome.Status = run.replay == nil ? .deadLettered : .failed
            for item in items {
                var outcome = outcome(of: item.point, delivery, status)
                outcome.error = reason
                outcome.attemptCount = failureCount
                next.outcomes.append(outcome)
            }
            if run.replay == nil { next.deadLetters.append(deadLetter(items, reason, failureCount, delivery)) }
            run.count { $0.failedCount += items.count }
            close(items)
        case .park(let key, let items, let reason):
            park(items.map(\.point), key: key, reason: reason)
        case .stop(let reason):
            stop(reason)
        }
    }

    private mutating func close(_ items: [DeliveryPlanner.Item]) {
        for item in items { events[item.point] = nil }
        settle(items.map(\.point))
    }

    private func count(_ point: LedgerPoint, _ delivery: Delivery) {
        run.count { replay in
            replay.handledCount += 1
            guard replay.isDryRun else { return }
            switch delivery.originals[point] {
            case nil: replay.newCount += 1
            case let original? where original.status == .handled && original.responseDigest == delivery.responseDigest:
                replay.equalCount += 1
            default: replay.differentCount += 1
            }
        }
    }

    private func outcome(
        of point: LedgerPoint, _ delivery: Delivery, _ status: EventOutcome.Status
    ) -> EventOutcome {
        EventOutcome(
            point: point, status: status, requestID: delivery.requestID, version: delivery.version,
            codeDigest: delivery.codeDigest, attemptCount: delivery.batch.failureCount + 1,
            batchCount: delivery.batch.items.count, responseDigest: delivery.responseDigest,
            response: delivery.response, endedAt: run.time.now(), transactionIDs: delivery.transactionIDs)
    }

    private func deadLetter(
        _ items: [DeliveryPlanner.Item], _ reason: String, _ failureCount: Int, _ delivery: Delivery
    ) -> TriggerDeadLetter {
        let buried = items.compactMap { events[$0.point] }
        return TriggerDeadLetter(
            trigger: run.entry.name, target: buried.first?.target ?? run.entry.target,
            requestID: delivery.requestID, payload: run.carrier.payload(buried), reason: reason,
            attemptCount: failureCount, version: delivery.version, codeDigest: delivery.codeDigest,
            buriedAt: run.time.now(), traceparent: buried.first?.origin.traceparent)
    }

    // MARK: - Saving

    var hasUnsaved: Bool { hasRecords || tracker.watermark != savedWatermark }

    private var hasRecords: Bool {
        !next.outcomes.isEmpty || !next.settled.isEmpty || !next.parked.isEmpty || !next.unparked.isEmpty
            || next.stop != .unchanged
    }

    mutating func save(_ group: inout DiscardingTaskGroup) {
        let now = run.time.uptime()
        guard !isSaving, now >= saveNotBefore, hasUnsaved else { return }
        // What moved over filtered events alone can wait: it is read again after a crash, and passed over again.
        guard hasRecords || isEnding || isReplayDone || now - savedAt >= TriggerRun.quietSaveInterval else { return }
        var progress = next
        progress.watermark = tracker.watermark
        progress.hashBefore = tracker.hashBefore
        progress.settled = tracker.remembered(progress.settled)
        let keys = answered
        next = TriggerProgress(name: run.name, watermark: progress.watermark, hashBefore: progress.hashBefore)
        answered = []
        isSaving = true
        let run = run
        group.addTask {
            do {
                try await run.saver.save(progress)
            } catch {
                run.inbox.send(.saved(progress, forgotten: keys, error))
                return
            }
            for key in keys {
                do {
                    try await run.carrier.places.answers.forget(key)
                } catch {
                    // Found again at the next start and settled once more, which changes nothing.
                    run.logger.warning("A settled answer cannot be forgotten", metadata: ["error": "\(error)"])
                }
            }
            if run.replay != nil { await run.saveReplay() }
            run.inbox.send(.saved(progress, forgotten: [], nil))
        }
    }

    private mutating func saved(_ progress: TriggerProgress, _ keys: [AnswerKey], _ error: (any Error)?) {
        isSaving = false
        savedAt = run.time.uptime()
        guard let error else {
            saveFailureCount = 0
            savedWatermark = progress.watermark
            if !next.parked.isEmpty { return }
            resumeDrains()
            return
        }
        saveFailureCount += 1
        saveNotBefore = savedAt + RetryRule().wait(failureCount: saveFailureCount, jitter: run.time.jitter())
        next.settled = progress.settled + next.settled
        next.outcomes = progress.outcomes + next.outcomes
        next.parked = progress.parked + next.parked
        next.unparked = progress.unparked + next.unparked
        next.deadLetters = progress.deadLetters + next.deadLetters
        if next.stop == .unchanged { next.stop = progress.stop }
        answered = keys + answered
        run.note { $0.lastError = "\(error)" }
        run.logger.error("A trigger's position cannot be saved", metadata: ["error": "\(error)"])
    }

    // MARK: - Parked keys

    mutating func startDrain(of key: String, _ group: inout DiscardingTaskGroup) {
        guard parked[key] != nil, !isEnding, drainsRunning.insert(key).inserted else { return }
        let run = run
        group.addTask { await run.drain(key: key) }
    }

    // MARK: - Replays

    mutating func finishReplay() async {
        let now = run.time.now()
        let stopReason = stopReason
        let isFinished = isReplayDone && !hasUnsaved
        run.count { replay in
            if isFinished {
                replay.status = .finished
            } else if let stopReason {
                replay.status = .failed
                replay.error = stopReason
            } else {
                return  // goes on with the node's next start, or was cancelled by whoever did
            }
            replay.endedAt = now
        }
        await run.saveReplay()
    }
}

extension DeliveryPlanner.Result {
    /// What went wrong; nil where nothing did.
    var error: String? {
        switch self {
        case .handled: nil
        case .partlyHandled(let failed): "The function reported \(failed.count) events of its batch as failed."
        case .failed(let reason, _), .unavailable(let reason, _), .gone(let reason): reason
        }
    }
}
