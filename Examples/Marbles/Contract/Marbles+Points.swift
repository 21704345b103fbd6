internal import DuetContract

extension Marbles {
    /// What a company grants its own owners for trading, where the contract is strict: the rules for it change often and
    /// are no business of the other companies, so they live in a function of the company's; only the points are agreed on.
    static let pointsFunction = "grant_points"

    private static let pointsMax: Int64 = 1_000

    /// Adds to the points of an owner of the caller's company.
    func grantPoints(_ stub: ContractStub) throws -> ContractResponse {
        let arguments = try arguments(stub, count: 2)
        guard let points = arguments[1].utf8Text.flatMap({ Int64($0) }), (1...Self.pointsMax).contains(points) else {
            throw ContractError("The points must be 1 to \(Self.pointsMax).", status: 400)
        }
        var owner = Owner()
        owner.take(try stub.getState(arguments[0]) ?? Bytes())
        guard owner.exists else {
            throw ContractError("This owner does not exist - \(arguments[0].lossyText)", status: 404)
        }
        try checkActsForItself(owner.company, stub)
        let key = try CompositeKey("points", owner.id)
        let (total, overflows) = try self.points(under: key, stub).addingReportingOverflow(points)
        guard !overflows else { throw ContractError("The owner cannot have more points.", status: 409) }
        let record: JSONValue = [
            "docType": "marble_points", "owner": ["id": .string(owner.id)], "points": .integer(total),
        ]
        try stub.putState(key, record.encoded(escaping: .go))
        try announce("points", record, stub)
        return .success(record.encoded(escaping: .go))
    }

    private func points(under key: CompositeKey, _ stub: ContractStub) throws -> Int64 {
        var points: Int64 = 0
        LenientFields(try stub.getState(key) ?? Bytes())?.forEach { name, value in
            if name == "points" { value.take(&points) }
        }
        return points
    }
}
