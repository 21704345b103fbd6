import DuetContract
import DuetContractTesting
import MarblesContract

/// The short hands of the acceptance table: companies, record layouts and failures.
enum MarblesTable {
    static let united = "United Marbles"
    static let market = "Marble Market"

    /// A marble as a creation writes it.
    static func long(
        _ id: String, _ color: String, _ size: Int, _ owner: String, _ name: String, _ company: String
    ) -> String {
        "{\n\t\t\"docType\":\"marble\", \n\t\t\"id\": \"\(id)\", \n\t\t\"color\": \"\(color)\", \n\t\t\"size\": \(size), "
            + "\n\t\t\"owner\": {\n\t\t\t\"id\": \"\(owner)\", \n\t\t\t\"username\": \"\(name)\", \n\t\t\t\"company\": "
            + "\"\(company)\"\n\t\t}\n\t}"
    }

    /// A marble as a transfer writes it, and as queries show it.
    static func short(
        _ id: String, _ color: String, _ size: Int, _ owner: String, _ name: String, _ company: String,
        docType: String = "marble"
    ) -> String {
        "{\"docType\":\"\(docType)\",\"id\":\"\(id)\",\"color\":\"\(color)\",\"size\":\(size),\"owner\":{\"id\":\"\(owner)\","
            + "\"username\":\"\(name)\",\"company\":\"\(company)\"}}"
    }

    static func owner(_ id: String, _ name: String, _ company: String, enabled: Bool = true) -> String {
        "{\"docType\":\"marble_owner\",\"id\":\"\(id)\",\"username\":\"\(name)\",\"company\":\"\(company)\",\"enabled\":"
            + "\(enabled)}"
    }

    /// The marble that a deletion leaves in a history.
    static let nothing = short("", "", 0, "", "", "", docType: "")

    // MARK: - Failures

    static func e1(_ expected: String) -> String { "Incorrect number of arguments. Expecting \(expected)" }
    static func e2(_ index: Int) -> String { "Argument \(index) must be a non-empty string" }
    static func e3(_ index: Int) -> String { "Argument \(index) must be <= 32 characters" }
    static let e4 = "3rd argument must be a numeric string"
    static func e5(_ id: String) -> String { "Owner does not exist - \(id), '' ''" }
    static func e6(_ id: String) -> String { "This owner does not exist - \(id)" }
    static func e7(_ id: String) -> String { "Marble does not exist - \(id)" }
    static func e8(_ id: String) -> String { "This marble already exists - \(id)" }
    static func e9(_ id: String) -> String { "This owner already exists - \(id)" }
    static func e10(_ claimed: String, _ actual: String) -> String {
        "The company '\(claimed)' cannot authorize creation for '\(actual)'."
    }
    static func e11(_ claimed: String, _ actual: String) -> String {
        "The company '\(claimed)' cannot authorize deletion for '\(actual)'."
    }
    static func e12(_ claimed: String, _ actual: String) -> String {
        "The company '\(claimed)' cannot authorize transfers for '\(actual)'."
    }
    static func e13(_ claimed: String) -> String {
        "The company '\(claimed)' cannot change another companies marble owner"
    }
    static let e14 = "Expecting a numeric string argument to Init() for instantiate"
    static func e15(_ name: String) -> String { "Received unknown invoke function name - '\(name)'" }
    static func e16(_ key: String) -> String {
        "first character of the key [\(key)] contains a null character which is not allowed"
    }
}

/// One row: a call and what comes of it.
struct MarblesRow: Sendable {
    enum Expectation: Sendable {
        /// Success with this payload; submitted ones are committed as valid.
        case payload(String)
        /// Status 500 with this text, and nothing written.
        case failure(String)
    }

    let number: Int
    let call: [String]
    let isSubmitted: Bool
    let expectation: Expectation

    /// A call that is submitted.
    static func submit(_ number: Int, _ call: String..., fails message: String? = nil) -> MarblesRow {
        MarblesRow(
            number: number, call: call, isSubmitted: true, expectation: message.map { .failure($0) } ?? .payload(""))
    }

    /// A call that only reads.
    static func query(_ number: Int, _ call: String..., answers payload: String) -> MarblesRow {
        MarblesRow(number: number, call: call, isSubmitted: false, expectation: .payload(payload))
    }

    static func query(_ number: Int, _ call: String..., fails message: String) -> MarblesRow {
        MarblesRow(number: number, call: call, isSubmitted: false, expectation: .failure(message))
    }
}
