package import FabricTypes

extension ContractContext {
    /// Answers the contract's call of `_functions`: has a function asked and notes in the transaction what it answered.
    ///
    /// What has no answer is not noted: an organisation whose function fails does not endorse the bytes of one whose function
    /// answers, and where all fail there is nothing to compare.
    ///
    /// - Parameters:
    ///   - call: of ``FunctionRequest/chaincode``.
    ///   - ask: asks the function. It may block.
    package func callFunction(
        _ call: ContractCall, ask: (FunctionRequest) throws(FunctionCallError) -> Bytes
    ) throws -> Response {
        do {
            let request = try FunctionRequest(arguments: call.arguments)
            // What is read on another channel than the transaction's is nowhere recorded, and so would the answer not be.
            guard call.channelID == channelID, channelID == transaction.channelID else {
                throw FunctionCallError(
                    .invalidRequest,
                    "Function \"\(request.function)\" was not called: only contracts of the transaction's own channel "
                        + "\"\(transaction.channelID.lossyText)\" may call functions.")
            }
            guard try simulation.withSimulator({ $0.willCallFunction() }) else {
                throw FunctionCallError(
                    .throttled,
                    "Function \"\(request.function)\" was not called: a transaction may call \(FunctionRequest.countMax) "
                        + "functions.")
            }
            let answer = try ask(request)
            guard answer.count <= FunctionRequest.answerByteCountMax else {
                throw FunctionCallError(
                    .tooLarge,
                    "Function \"\(request.function)\" answered \(answer.count) bytes, of which a contract can take "
                        + "\(FunctionRequest.answerByteCountMax).")
            }
            try simulation.withSimulator { try $0.record(request.recorded(answer: answer), in: namespace) }
            return Response(status: 200, payload: answer)
        } catch let error as FunctionCallError {
            return error.response
        }
    }
}
