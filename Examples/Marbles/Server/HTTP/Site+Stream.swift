internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension Site {
    /// How many blocks a new page is shown.
    private static let shownBlockCount = 40

    /// The ledger as it is and goes on, as server-sent events. Resumes behind `Last-Event-ID` without gap or double.
    ///
    /// - Parameter client: the address that the request comes from.
    func stream(_ request: Request, client: String?) -> Response {
        let target = request.head.path ?? ""
        let resumed = request.headers[.lastEventID] ?? Self.query("after", of: target)
        let visitor = LiveFeed.Visitor(
            client: client, page: Self.query("page", of: target), actor: Self.query("actor", of: target))
        guard let subscription = feed.subscribe(after: resumed, as: visitor) else {
            return .error(.serviceUnavailable, "busy", "Too many pages are open already: close some.")
        }
        let beginning = beginning(of: subscription)
        let (id, events) = (subscription.id, subscription.events)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { feed.unsubscribe(id) }
                try await writer.write(ByteBuffer(string: beginning))
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    for await event in events {
                        try await writer.write(ByteBuffer(string: event.text))
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// Who and where everybody is, then the whole state or the blocks that were missed.
    private func beginning(of subscription: LiveFeed.Subscription) -> String {
        let ledger = subscription.ledger
        var text = "retry: 1000\n" + ServerSentEvent.json("hello", settings).text
        text += ServerSentEvent.ledgerReachable(subscription.isLedgerReachable).text
        if let missed = subscription.missedBlocks {
            for block in missed { text += ServerSentEvent.block(block, ledger: feed.ledgerName).text }
            return text + ServerSentEvent.json("resumed", ["blocks": missed.count]).text
        }
        let state = StateView(
            height: ledger.height, owners: ledger.owners.values.sorted { $0.id < $1.id },
            marbles: ledger.marbles.values.sorted { $0.id < $1.id },
            blocks: Array(ledger.blocks.suffix(Self.shownBlockCount)), runs: subscription.runs)
        let id = ledger.height > 0 ? "\(feed.ledgerName)-\(ledger.height - 1)" : nil
        return text + ServerSentEvent.json("state", id: id, state).text
    }
}

/// Everything that a new page needs.
private struct StateView: Encodable {
    let height: UInt64
    let owners: [OwnerView]
    let marbles: [MarbleView]
    let blocks: [BlockView]
    let runs: [RunLine]
}

/// What a page needs to show a moment of the past.
struct PastView: Encodable {
    let height: UInt64
    let owners: [OwnerView]
    let marbles: [MarbleView]

    init(height: UInt64, _ state: MarblesState) {
        self.height = height
        owners = state.owners.values.sorted { $0.id < $1.id }
        marbles = state.marbles.values.sorted { $0.id < $1.id }
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = HTTPField.Name("last-event-id")!
}
