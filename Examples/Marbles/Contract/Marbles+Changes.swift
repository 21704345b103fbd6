internal import DuetContract

extension Marbles {
    /// Registers somebody who can own marbles.
    func registerOwner(_ stub: ContractStub) throws -> ContractResponse {
        let arguments = try arguments(stub, count: 3)
        var owner = Owner()
        owner.id = arguments[0].lossyText
        owner.username = arguments[1].lossyText.simplyLowercased
        owner.company = arguments[2].lossyText
        owner.isEnabled = true
        try checkActsForItself(owner.company, stub)
        if try self.owner(arguments[0], stub).exists {
            throw ContractError("This owner already exists - \(owner.id)")
        }
        try checkIsFree(arguments[0], stub)
        try stub.putState(arguments[0], owner.json.encoded(escaping: .go))
        try announce("register", owner.json, stub)
        return .success()
    }

    /// Makes a marble for an owner.
    func create(_ stub: ContractStub) throws -> ContractResponse {
        let arguments = try arguments(stub, count: 5)
        guard let size = arguments[2].utf8Text.flatMap({ Int64($0) }) else {
            throw ContractError("3rd argument must be a numeric string")
        }
        let (id, company) = (arguments[0].lossyText, arguments[4].lossyText)
        let owner = try owner(arguments[3], stub)
        guard owner.exists else {
            throw ContractError(
                "Owner does not exist - \(arguments[3].lossyText), '\(owner.username)' '\(owner.company)'")
        }
        try check(company, actsFor: owner.company, stub, to: "authorize creation")
        if try marble(arguments[0], stub).id.utf8.elementsEqual(id.utf8) {
            throw ContractError("This marble already exists - \(id)")
        }
        try checkIsFree(arguments[0], stub)
        var marble = Marble()
        marble.docType = Marble.docType
        marble.id = id
        marble.color = arguments[1].lossyText.simplyLowercased
        marble.size = size
        marble.owner = Marble.OwnerRelation(
            id: arguments[3].lossyText, username: owner.username, company: owner.company)
        try stub.putState(arguments[0], isStrict ? marble.json.encoded(escaping: .go) : marble.longForm)
        try announce("create", marble.json, stub)
        return .success()
    }

    /// Gives a marble to another owner, by the say of the present one's company.
    func transfer(_ stub: ContractStub) throws -> ContractResponse {
        let arguments = try arguments(stub, count: 3)
        let company = arguments[2].lossyText
        let owner = try owner(arguments[1], stub)
        guard owner.exists else {
            throw ContractError("This owner does not exist - \(arguments[1].lossyText)")
        }
        var marble = try marble(arguments[0], stub)
        try check(company, actsFor: marble.owner.company, stub, to: "authorize transfers")
        let former = marble.owner
        marble.owner = Marble.OwnerRelation(
            id: arguments[1].lossyText, username: owner.username, company: owner.company)
        try stub.putState(arguments[0], marble.json.encoded(escaping: .go))
        try announce(
            "transfer", ["id": .string(marble.id), "from": former.json, "to": marble.owner.json], stub)
        return .success()
    }

    func delete(_ stub: ContractStub) throws -> ContractResponse {
        let arguments = try arguments(stub, count: 2)
        let (id, company) = (arguments[0].lossyText, arguments[1].lossyText)
        let marble = try marble(arguments[0], stub)
        guard marble.id.utf8.elementsEqual(id.utf8) else { throw ContractError("Marble does not exist - \(id)") }
        try check(company, actsFor: marble.owner.company, stub, to: "authorize deletion")
        try stub.deleteState(arguments[0])
        try announce("delete", ["id": .string(id), "owner": marble.owner.json], stub)
        return .success()
    }

    /// Has an owner no longer shown.
    func retire(_ stub: ContractStub) throws -> ContractResponse {
        let arguments = try arguments(stub, count: 2)
        let (id, company) = (arguments[0].lossyText, arguments[1].lossyText)
        var owner = try owner(arguments[0], stub)
        guard owner.exists else { throw ContractError("This owner does not exist - \(id)") }
        guard company.utf8.elementsEqual(owner.company.utf8) else {
            throw ContractError("The company '\(company)' cannot change another companies marble owner")
        }
        try checkActsForItself(company, stub)
        owner.isEnabled = false
        try stub.putState(arguments[0], owner.json.encoded(escaping: .go))
        try announce("retire", owner.json, stub)
        return .success()
    }

    // MARK: - Reading

    private func owner(_ key: Bytes, _ stub: ContractStub) throws -> Owner {
        var owner = Owner()
        owner.take(try stub.getState(key) ?? Bytes())
        return owner
    }

    private func marble(_ key: Bytes, _ stub: ContractStub) throws -> Marble {
        var marble = Marble()
        marble.take(try stub.getState(key) ?? Bytes())
        return marble
    }

    private func check(
        _ company: String, actsFor actual: String, _ stub: ContractStub, to action: String
    ) throws {
        guard company.utf8.elementsEqual(actual.utf8) else {
            throw ContractError("The company '\(company)' cannot \(action) for '\(actual)'.")
        }
        try checkActsForItself(company, stub)
    }
}
