public import FabricTypes

extension ContractStub {
    /// Asks a function of the organisation whose peer runs this, for something that stands on no ledger: a price, the weather, a
    /// list of names.
    ///
    /// Every endorsing organisation asks its own function. What was asked and answered is recorded in the transaction by its
    /// hashes, so that the organisations endorse together only where their functions answered the same bytes.
    ///
    /// ```swift
    /// let price: Int = try stub.callFunction("prices/quote", item)
    /// ```
    ///
    /// - Parameters:
    ///   - name: `service/function`, deployed with an event `ContractCall` for this contract.
    ///   - payload: the function's event: bytes and texts as they are, any other Codable value as JSON; at most 256 KiB.
    /// - Returns: what the function answered, read by the same rules; at most 256 KiB.
    /// - Throws: ``ContractError`` where there is no answer. Its status says why: 404 not callable, 413 too large, 429 too many
    ///   calls, 502 the function failed, 504 it took too long, 508 too many functions and contracts asked each other. What a
    ///   contract that goes on does then must not depend on the message, which differs between organisations.
    public func callFunction<Answer: ContractArgument>(
        _ name: String, _ payload: some ContractResult, as type: Answer.Type = Answer.self
    ) throws -> Answer {
        let request = FunctionRequest(function: name, payload: try payload.contractResult())
        let response = backend.invoke(FunctionRequest.chaincode, arguments: request.arguments)
        guard response.status < 400 else {
            // A peer that is not ours says why in the payload.
            let message = response.message.isEmpty ? response.payload.lossyText : response.message
            throw ContractError(message, status: response.status)
        }
        do throws(ContractError) {
            return try Answer(contractArgument: response.payload)
        } catch {
            throw ContractError("Function \"\(name)\" answered something else than asked for: \(error.message)")
        }
    }
}
