package import FabricTypes

/// What the endorsers of a transaction signed, decoded.
package struct EndorsedAction: Sendable {
    /// The chaincode that was invoked.
    package let chaincode: Bytes
    /// The encoded ``ProposalResponsePayload``: with an endorser's identity behind it, what an endorsement signs.
    package let proposalResponsePayload: Bytes
    /// In the order received, which policies may depend on.
    package let endorsements: [Endorsement]
    package let readWriteSet: ReadWriteSet
    package let event: ChaincodeEvent?

    /// - Parameter headerExtension: the channel header's, an encoded ``ChaincodeHeaderExtension``.
    /// - Throws: the first fault in Fabric's order.
    init(_ endorsed: ChaincodeEndorsedAction, headerExtension: Bytes) throws(TransactionRefusal) {
        let named: ChaincodeID?
        do throws(WireError) {
            named = try ChaincodeHeaderExtension(decoding: headerExtension).chaincodeID
        } catch {
            throw TransactionRefusal(.badHeaderExtension, error.description)
        }
        let action = try Self.action(in: endorsed.proposalResponsePayload)
        do throws(WireError) {
            readWriteSet = try ReadWriteSet(decoding: action.results)
        } catch {
            throw TransactionRefusal(.badReadWriteSet, error.description)
        }
        chaincode = try Self.chaincode(named: named, executed: action.chaincodeID)
        event = try Self.event(in: action, of: chaincode)
        proposalResponsePayload = endorsed.proposalResponsePayload
        endorsements = endorsed.endorsements
        try Self.checkNamespacesDiffer(readWriteSet)
    }

    private static func action(in payload: Bytes) throws(TransactionRefusal) -> ChaincodeAction {
        do throws(WireError) {
            let response = try ProposalResponsePayload(decoding: payload)
            guard !response.extension.isEmpty else {
                throw WireError(.invalidValue, path: [ProposalResponsePayload.messageName, "extension"], offset: 0)
            }
            return try ChaincodeAction(decoding: response.extension)
        } catch {
            throw TransactionRefusal(.badResponsePayload, error.description)
        }
    }

    private static func chaincode(
        named: ChaincodeID?, executed: ChaincodeID?
    ) throws(TransactionRefusal) -> Bytes {
        guard let named else {
            throw TransactionRefusal(.invalidOtherReason, "The header extension names no chaincode.")
        }
        guard let executed else {
            throw TransactionRefusal(.invalidOtherReason, "The endorsed action names no chaincode.")
        }
        guard !named.name.isEmpty else {
            throw TransactionRefusal(.invalidChaincode, "The chaincode's name in the header extension is empty.")
        }
        guard named.name == executed.name else {
            throw TransactionRefusal(
                .invalidChaincode,
                "The header extension names chaincode \"\(named.name.lossyText)\", the endorsed action "
                    + "\"\(executed.name.lossyText)\".")
        }
        guard !executed.version.isEmpty else {
            throw TransactionRefusal(.invalidChaincode, "The endorsed action names no version of its chaincode.")
        }
        return named.name
    }

    private static func event(
        in action: ChaincodeAction, of chaincode: Bytes
    ) throws(TransactionRefusal) -> ChaincodeEvent? {
        if action.events.isEmpty { return nil }
        let event: ChaincodeEvent
        do throws(WireError) {
            event = try ChaincodeEvent(decoding: action.events)
        } catch {
            throw TransactionRefusal(.invalidOtherReason, error.description)
        }
        guard event.chaincodeID == chaincode else {
            throw TransactionRefusal(
                .invalidOtherReason, "The event names chaincode \"\(event.chaincodeID.lossyText)\".")
        }
        return event
    }

    private static func checkNamespacesDiffer(_ set: ReadWriteSet) throws(TransactionRefusal) {
        guard set.namespaces.count > 1 else { return }
        var seen: Set<Bytes> = []
        for namespace in set.namespaces where !seen.insert(namespace.namespace).inserted {
            throw TransactionRefusal(
                .illegalWriteSet,
                "Namespace \"\(namespace.namespace.lossyText)\" occurs twice in the read-write set.")
        }
    }
}
