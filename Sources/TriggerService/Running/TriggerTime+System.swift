internal import Foundation
internal import FunctionTypes

extension TriggerTime {
    /// The machine's clocks.
    package static let system: TriggerTime = {
        let clock = ContinuousClock()
        let start = clock.now
        return TriggerTime(
            now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
            uptime: { clock.now - start },
            sleep: { try await clock.sleep(until: clock.now + $0, tolerance: .zero) })
    }()
}
