internal import FabricTypes
package import LedgerCore

/// What an endorser counts, under the names of Fabric's metrics.
package struct EndorserFigures: Sendable {
    /// `endorser_proposals_received`.
    package let received = EventCounts()
    /// `endorser_successful_proposals`.
    package let successful = EventCounts()
    /// `endorser_proposal_duration`, by success.
    package let duration = DurationCounts()

    package init() {}

    /// Counts one proposal while it is answered.
    func counting(
        _ answer: () async throws(EndorserError) -> ProposalResponse
    ) async throws(EndorserError) -> ProposalResponse {
        received.add()
        let start = ContinuousClock.now
        do throws(EndorserError) {
            let response = try await answer()
            // From this status on nothing is endorsed.
            let isSuccess = (response.response?.status ?? 0) < 400
            if isSuccess { successful.add() }
            duration.add(.now - start, ["\(isSuccess)"])
            return response
        } catch {
            duration.add(.now - start, ["false"])
            throw error
        }
    }
}
