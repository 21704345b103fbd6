internal import FabricTypes
internal import Foundation

/// An action in the contract's words.
struct ContractCall: Sendable {
    let actor: OwnerView
    let kind: String
    /// The marble or owner that it is about; new ones have their id here.
    let subject: String
    let target: String?
    /// The owner's id of the marble that is to change hands; nil where none is.
    let formerOwner: String?
    /// The contract's function and its arguments.
    let arguments: [Bytes]
    /// What the tutorial's function calls such an action.
    let noticeType: String

    init(_ action: Action, ledger: MarblesLedger, people: People) async throws {
        func owner(_ id: String) throws -> OwnerView {
            guard let owner = ledger.owners[id] else {
                throw ActionRefusal(.notFound, "There is no owner \"\(id)\".")
            }
            return owner
        }
        func acting() throws -> OwnerView {
            guard let id = action.actor else { throw ActionRefusal(.invalid, "\"actor\" is missing: who acts?") }
            return try owner(id)
        }
        kind = action.kind.name
        formerOwner = action.kind.marble.flatMap { ledger.marbles[$0]?.owner }
        switch action.kind {
        case .create(let color, let size, let owner):
            actor = try acting()
            subject = Self.newID("m")
            target = owner
            // The contract is told on whose behalf; it checks that against the caller's certificate.
            arguments = ["init_marble", subject, color, "\(size)", owner, actor.company].map { Bytes($0) }
            noticeType = "create"
        case .transfer(let marble, let owner):
            actor = try acting()
            subject = marble
            target = owner
            arguments = ["set_owner", marble, owner, actor.company].map { Bytes($0) }
            noticeType = "transfer_marble"
        case .delete(let marble):
            actor = try acting()
            subject = marble
            target = nil
            arguments = ["delete_marble", marble, actor.company].map { Bytes($0) }
            noticeType = "delete_marble"
        case .register(let name, let company):
            guard await people.company(named: company) != nil else {
                throw ActionRefusal(.notFound, "The company \"\(company)\" takes no part in this network.")
            }
            let name = Action.Kind.plain(name)
            guard !ledger.owners.values.contains(where: { $0.name == name && $0.company == company }) else {
                throw ActionRefusal(.invalid, "\(company) has somebody called \"\(name)\" already.")
            }
            subject = Self.newID("o")
            actor = OwnerView(id: subject, name: name, company: company, isEnabled: true, points: 0)
            target = nil
            arguments = ["init_owner", subject, name, company].map { Bytes($0) }
            noticeType = "create_owner"
        case .retire(let owner):
            actor = try acting()
            subject = owner
            target = nil
            arguments = ["disable_owner", owner, actor.company].map { Bytes($0) }
            noticeType = "disable_owner"
        }
    }

    /// As the original makes them: a letter, then milliseconds and five random characters in 19 places.
    static func newID(_ letter: Character) -> String {
        let milliseconds = Int64(Date().timeIntervalSince1970 * 1_000)
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let tail = String((0..<5).map { _ in letters[Int.random(in: 0..<letters.count)] })
        let text = "\(milliseconds)\(tail)"
        return "\(letter)" + String(repeating: "0", count: max(0, 19 - text.count)) + text
    }
}

extension Action.Kind {
    /// As pages name it.
    var name: String {
        switch self {
        case .create: "create"
        case .transfer: "transfer"
        case .delete: "delete"
        case .register: "register"
        case .retire: "retire"
        }
    }

    /// The marble that changes hands or goes.
    var marble: String? {
        switch self {
        case .transfer(let marble, _), .delete(let marble): marble
        case .create, .register, .retire: nil
        }
    }

    /// The company and the name that somebody is to be known by in it.
    var registeredName: [String]? {
        if case .register(let name, let company) = self { [company, Self.plain(name)] } else { nil }
    }

    static func plain(_ name: String) -> String {
        name.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    }
}
