internal import DuetClient
internal import FabricTypes
internal import FunctionTypes

/// Tells a client's failure as fully as it is known: phase, transaction, every node's words; of a conflict the key and who
/// was faster.
struct ClientErrorText {
    let channel: String
    /// The node that can say more of an invalid transaction.
    let node: NodeOptions

    func commandError(_ error: ClientError) async -> CommandError {
        var lines = [Self.headline(error)]
        lines += error.refusals.map { refusal in
            let place = [refusal.address, refusal.mspID.isEmpty ? "" : "(\(refusal.mspID))"].filter { !$0.isEmpty }
            return "  \(place.joined(separator: " ")): \(refusal.message)"
        }
        if error.phase == .commit, let id = error.transactionID {
            lines += await explanation(of: id.rawValue)
        }
        if let hint = hint(error) { lines.append(hint) }
        return CommandError(Self.status(error), lines.map(\.escapingControls).joined(separator: "\n"))
    }

    private static func headline(_ error: ClientError) -> String {
        let subject = error.transactionID.map { "Transaction \($0)" } ?? "The call"
        let place = error.blockNumber.map { " It stands in block \($0)." } ?? ""
        return "\(subject) failed (\(error.phase), \(error.code)): \(error.message)\(place)"
    }

    /// What the node's ledger says of an invalid transaction. Silent where no node is there to ask: the error stands without.
    private func explanation(of id: String) async -> [String] {
        let answer = try? await node.withClient { client in
            try await client.call(.get, ["api", "channels", channel, "transactions", id])
        }
        guard let explanation = answer?["explanation"] else { return [] }
        var lines: [String] = []
        if let message = explanation["message"]?.stringValue { lines.append("  \(message)") }
        if let conflict = explanation["conflict"] {
            let namespace = conflict["namespace"]?.stringValue ?? ""
            let key = conflict["key"]?.stringValue ?? conflict["keyBase64"]?.stringValue.map { "base64:\($0)" } ?? ""
            lines.append("  Key: \(namespace)/\(key)")
            if let winner = conflict["winner"] {
                let place = "\(winner["block"]?.integerValue ?? 0):\(winner["index"]?.integerValue ?? 0)"
                lines.append("  Changed by: \(winner["transaction"]?.stringValue ?? "") at \(place)")
            }
        }
        return lines
    }

    private func hint(_ error: ClientError) -> String? {
        if error.isConflict {
            return "Another transaction was faster. Nothing of this one counts: call again, or let --retry 5 do it."
        }
        guard let id = error.transactionID else { return nil }
        if error.phase == .commitStatus || error.phase == .submit && Self.isUncertain(error) {
            return "What became of it the ledger knows: \(RootCommand.programName) tx show \(channel) \(id)"
        }
        return nil
    }

    private static func isUncertain(_ error: ClientError) -> Bool {
        error.code == .unavailable || error.code == .deadlineExceeded || error.code == .canceled
    }

    private static func status(_ error: ClientError) -> ExitStatus {
        switch error.code {
        case .unavailable: .unreachable
        case .permissionDenied, .unauthenticated: .notAllowed
        default: .failed
        }
    }
}
