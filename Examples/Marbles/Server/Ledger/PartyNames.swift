internal import DuetClient

/// The names in signers' certificates, each parsed once.
struct PartyNames: Sendable {
    /// Members that are remembered; beyond that names are read anew.
    private static let countMax = 10_000

    private var known: [TransactionParty: PartyView] = [:]

    mutating func view(_ party: TransactionParty) -> PartyView {
        if let view = known[party] { return view }
        let view = PartyView(company: CompanyName.of(mspID: party.mspID), name: party.commonName ?? "")
        if known.count < Self.countMax { known[party] = view }
        return view
    }
}

/// Organisations' names for people: `UnitedMarbles` is United Marbles, `Org1MSP` is Org1.
///
/// The contract goes the other way: a company's name without spaces, with or without `MSP`, is the organisation's.
enum CompanyName {
    static func of(mspID: String) -> String {
        let stem = mspID.hasSuffix("MSP") && mspID.count > 3 ? String(mspID.dropLast(3)) : mspID
        var name = ""
        var wasLowercase = false
        for character in stem {
            if character.isUppercase, wasLowercase { name.append(" ") }
            name.append(character)
            wasLowercase = character.isLowercase
        }
        return name
    }
}
