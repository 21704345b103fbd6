internal import FabricTypes
internal import FoundationEssentials
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import PeerService

extension NetworkAPI {
    var activityRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/channels/{channel}/activity", "getActivity",
                "Count a channel's transactions, the time to their commit and their endorsements, by day in UTC. A call counts "
                    + "2,000 blocks more at most: ask again while the answer is not complete.",
                parameters: [
                    Self.channel, Self.organization,
                    .query(
                        "days", "Days up to today, 1 to \(ChannelActivity.dayCountMax); 30 if absent.",
                        type: "integer"),
                ], answer: .json("Activity"), handle: { try await activity($0) })
        ]
    }

    private func activity(_ call: APICall) async throws -> HummingbirdCore.Response {
        let channel = try channel(call)
        let dayCount = try call.integer("days", in: 1...ChannelActivity.dayCountMax) ?? 30
        let today = DayActivity.day(ofSecond: Int64(Date().timeIntervalSince1970))
        let report = try await channel.activity.report(of: channel, dayCount: dayCount, today: today)
        let days = (0..<Int64(dayCount)).reversed().map { today - $0 }
        return JSONAnswer.value([
            "isComplete": .bool(report.isComplete), "firstBlock": .integer(Int64(clamping: report.firstBlock)),
            "height": .integer(Int64(clamping: report.height)),
            "days": .array(days.compactMap { day in report.days[day].map { Self.describe($0, day) } }),
        ])
    }

    private static func describe(_ activity: DayActivity, _ day: Int64) -> NetworkJSON {
        var members: [String: NetworkJSON] = [
            "day": .string(String(NetworkText.time(seconds: day * DayActivity.secondCount).prefix(10))),
            "blockCount": .integer(Int64(activity.blockCount)),
            "transactionCount": .integer(Int64(activity.transactionCount)),
            "invalidCount": .integer(Int64(activity.invalidCount)),
            "byteCount": .integer(Int64(activity.byteCount)),
            "endorsementCount": .integer(Int64(activity.endorsementCount)),
            "endorsementByteCount": .integer(Int64(activity.endorsementByteCount)),
        ]
        if let half = activity.delays.milliseconds(within: 0.5), let most = activity.delays.milliseconds(within: 0.95) {
            members["timeToCommit"] = [
                "count": .integer(Int64(activity.delays.count)), "p50Milliseconds": .number(half),
                "p95Milliseconds": .number(most),
            ]
        }
        return .object(members)
    }
}
