internal import FabricTypes
internal import LedgerCore
internal import Membership

/// What is asked of a proposal's headers before anything else: that its creator's certificate has not expired and that it
/// was made lately.
///
/// Source: Fabric's `core/handlers/auth/filter`.
struct ProposalFilter: Sendable {
    /// How far the proposal's time may lie from the peer's, either way, in minutes.
    let timeWindowMinutes: Int64
    let now: Timestamp

    func check(
        _ channelHeader: ChannelHeader, _ signatureHeader: SignatureHeader, identities: (any IdentityResolver)?
    ) throws(EndorserError) {
        if let expiresAt = expiry(of: signatureHeader.creator, identities), now.seconds > expiresAt {
            throw EndorserError(.filtered, "proposal client identity expired")
        }
        let made = channelHeader.timestamp ?? Timestamp()
        let distance = made.sinceEpoch - now.sinceEpoch
        guard max(distance, .zero - distance) <= .seconds(timeWindowMinutes * 60) else {
            throw EndorserError(
                .filtered,
                "request unauthorized due to incorrect timestamp \(made.rfc3339), peer time \(now.rfc3339), "
                    + "peer.authentication.timewindow \(timeWindowMinutes)m0s")
        }
    }

    /// Nil where there is no certificate to be read; what that means others judge.
    private func expiry(of creator: Bytes, _ identities: (any IdentityResolver)?) -> Int64? {
        // Known identities are not parsed again.
        if let identity = try? identities?.identity(creator) { return identity.expiresAt }
        guard let serialized = try? SerializedIdentity(decoding: creator) else { return nil }
        return (try? Certificate(pemText: serialized.idBytes))?.notAfter
    }
}

extension Timestamp {
    fileprivate var sinceEpoch: Duration {
        // Any two values of the wire fit into a duration, and so does their difference.
        Duration(secondsComponent: seconds, attosecondsComponent: Int64(nanoseconds) * 1_000_000_000)
    }

    /// As Go prints it in UTC, to the second: `2026-11-21T00:03:16Z`.
    var rfc3339: String {
        // Years 1 to 9999, all that the notation can say.
        guard (-62_135_596_800...253_402_300_799).contains(seconds) else { return "\(seconds)s since 1970" }
        let secondsPerDay: Int64 = 86_400
        let day = seconds >= 0 ? seconds / secondsPerDay : (seconds - secondsPerDay + 1) / secondsPerDay
        let second = seconds - day * secondsPerDay
        // Days since 1 March of year 0, counted in eras of 400 years.
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func digits(_ number: Int64, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(dayOfMonth, 2))T"
            + "\(digits(second / 3_600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2))Z"
    }
}
