internal import Foundation
internal import FunctionTypes

extension ServiceTime {
    /// The machine's own clocks.
    package static var system: ServiceTime {
        let start = ContinuousClock.now
        return ServiceTime(
            now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
            uptime: { start.duration(to: .now) },
            sleep: { try await Task.sleep(for: $0) })
    }
}
