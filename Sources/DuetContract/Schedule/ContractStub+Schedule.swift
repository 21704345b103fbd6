public import FabricTypes

extension ContractStub {
    /// Has a function run once the transaction has committed as valid, and only then.
    ///
    /// The request is part of what the transaction writes: nobody can lose it, and it never conflicts with another one.
    ///
    /// - Parameters:
    ///   - organization: the MSP ID of the organisation whose nodes run the function.
    ///   - service: the service that the function belongs to.
    ///   - payload: what the function is called with.
    /// - Throws: ``ContractError`` beyond 64 requests or 256 KiB in one transaction.
    public func schedule(
        organization: String, service: String, function: String, payload: Bytes = Bytes()
    ) throws(ContractError) {
        let value = try schedule.adding(
            FunctionSchedule.Entry(
                organization: Bytes(organization), service: Bytes(service), function: Bytes(function),
                payload: payload))
        try put(value, FunctionSchedule.key, Bytes())
    }
}

/// The functions that a call has asked for so far.
struct ScheduledFunctions {
    private var list = FunctionSchedule()

    /// - Returns: the list with the entry, encoded.
    mutating func adding(_ entry: FunctionSchedule.Entry) throws(ContractError) -> Bytes {
        guard !entry.organization.isEmpty, !entry.service.isEmpty, !entry.function.isEmpty else {
            throw ContractError("A scheduled function needs an organisation, a service and a name.")
        }
        var list = list
        list.entries.append(entry)
        guard list.entries.count <= FunctionSchedule.entryCountMax else {
            throw ContractError(
                "A transaction can schedule at most \(FunctionSchedule.entryCountMax) functions.")
        }
        let encoded = list.encoded()
        guard encoded.count <= FunctionSchedule.byteCountMax else {
            throw ContractError(
                "What a transaction schedules can have at most \(FunctionSchedule.byteCountMax) bytes, "
                    + "not \(encoded.count).")
        }
        self.list = list
        return encoded
    }
}
