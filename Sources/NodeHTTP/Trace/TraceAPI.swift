internal import FabricTypes
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import PeerService

/// Traces in the JSON API: from a transaction to everything that belongs to it, and from an invocation back.
///
/// A caller sees what its own organisation's functions did; what other organisations' nodes know stays with them.
package struct TraceAPI: Sendable {
    private let sources: TraceSources
    private let network: NetworkAPI

    package init(sources: TraceSources) {
        self.sources = sources
        network = NetworkAPI(network: sources.network)
    }

    package var group: APIGroup {
        APIGroup(
            name: "Traces",
            routes: [
                APIRoute(
                    .get, "/api/channels/{channel}/transactions/{transaction}/trace", "getTransactionTrace",
                    "Everything that belongs to a transaction: checks, recorded calls, triggers, invocations with their log lines, and what they wrote back.",
                    parameters: [
                        NetworkAPI.channel,
                        .path(
                            "transaction", "The transaction's id, also of a refused proposal, or <block>:<index>."),
                        .query(
                            "depth",
                            "Follow so many transactions written back, one after another, 0 to \(TraceLimits.depthMax); 2 if left out.",
                            type: "integer"),
                        .query(
                            "lines",
                            "Log lines of each invocation at most, 0 to \(TraceLimits.lineCountMax); 20 if left out.",
                            type: "integer"),
                        .query(
                            "limit",
                            "Invocations of each transaction at most, 1 to \(TraceLimits.invocationCountMax); 50 if left out.",
                            type: "integer"),
                        .query("after", "Go on behind an answer's \"next\"."), FunctionAPI.organization,
                    ], answer: .json("TransactionTrace"), handle: { try await transaction($0) }),
                APIRoute(
                    .get, "/api/invocations/{request}/trace", "getInvocationTrace",
                    "An invocation by its request id: its attempts, the transaction and block behind it, and what it submitted.",
                    parameters: [
                        .path("request", "The request's id, as log lines bear it."),
                        .query(
                            "lines",
                            "Log lines of each attempt at most, 0 to \(TraceLimits.lineCountMax); 20 if left out.",
                            type: "integer"),
                        FunctionAPI.organization,
                    ], answer: .json("InvocationTrace"), handle: { try await invocation($0) }),
            ],
            schemas: TraceAPISchemas.all, mapError: { APIError(functions: $0) })
    }

    private func transaction(_ call: APICall) async throws -> HummingbirdCore.Response {
        let channel = try network.channel(call)
        var limits = TraceLimits()
        limits.depth = try call.integer("depth", in: 0...TraceLimits.depthMax) ?? limits.depth
        limits.lineCount = try call.integer("lines", in: 0...TraceLimits.lineCountMax) ?? limits.lineCount
        limits.invocationCount =
            try call.integer("limit", in: 1...TraceLimits.invocationCountMax) ?? limits.invocationCount
        limits.after = Int64(try call.integer("after", in: 0...Int.max) ?? 0)
        let tracer = TransactionTracer(
            sources: sources, organization: try checked(OrganizationName.self, call.organization), limits: limits)
        let text = call.path("transaction")
        if let place = try await tracer.place(text, on: channel) {
            var budget = TraceBudget()
            return JSONAnswer.value(try await tracer.trace(place, level: 0, &budget))
        }
        guard let trace = try await tracer.trace(ofProposal: text, on: channel) else {
            throw APIError(
                status: .notFound, code: "TransactionNotFound",
                message: "Channel \"\(channel.id)\" has no transaction \"\(text.prefix(80))\" up to block "
                    + "\(channel.commits.height - 1), and no function was asked about such a proposal. Give its id, or its place "
                    + "as <block>:<index>.")
        }
        return JSONAnswer.value(trace)
    }

    private func invocation(_ call: APICall) async throws -> HummingbirdCore.Response {
        var limits = TraceLimits()
        limits.lineCount = try call.integer("lines", in: 0...TraceLimits.lineCountMax) ?? limits.lineCount
        let tracer = TransactionTracer(
            sources: sources, organization: try checked(OrganizationName.self, call.organization), limits: limits)
        let id = call.path("request")
        guard let trace = try await tracer.trace(ofRequest: id) else {
            throw APIError(
                status: .notFound, code: "InvocationNotFound",
                message:
                    "No invocation of \(call.organization) that has to do with a ledger is known by the request id "
                    + "\"\(id.prefix(80))\": either nothing on a ledger caused it and it submitted nothing, or its record is one of "
                    + "the oldest and gone. Its log lines are found by it all the same: duet logs query … 'requestId: …'."
            )
        }
        return JSONAnswer.value(trace)
    }
}
