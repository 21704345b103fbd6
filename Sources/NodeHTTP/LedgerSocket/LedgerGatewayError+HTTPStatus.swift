package import TriggerService

extension LedgerGatewayError.Code {
    /// How functions are told: the status and the code in the answer's `error`.
    package var answer: (status: Int, name: String) {
        switch self {
        case .stale: (409, "Stale")
        case .refused: (422, "Refused")
        case .notFound: (404, "NotFound")
        case .overloaded: (429, "Overloaded")
        case .timedOut: (504, "TimedOut")
        case .unavailable: (503, "Unavailable")
        }
    }
}
