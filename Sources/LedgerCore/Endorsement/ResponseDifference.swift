package import FabricTypes

/// The first thing in which two endorsers' answers to one proposal differ.
///
/// Names keys, never values. Source: what Fabric's gateway logs of such answers.
package enum ResponseDifference: Hashable, Sendable {
    /// One of them did not read, write or mark the key, or did so differently.
    case key(namespace: Bytes, key: Bytes, Part)
    /// Their private writes of a collection.
    case collection(namespace: Bytes, name: Bytes)
    case range(namespace: Bytes, startKey: Bytes)
    /// A function answered the same request of a contract differently, or only one of them asked for it.
    ///
    /// - request: as a ``RecordedCall`` has it.
    case call(namespace: Bytes, request: Bytes)
    case response
    case event
    /// Something else, or one of them cannot be read.
    case other

    package enum Part: String, Hashable, Sendable {
        case read, write, metadata
    }

    /// - Parameters: two encoded ``ProposalResponsePayload``s.
    /// - Returns: nil where they are equal.
    package init?(_ first: Bytes, _ second: Bytes) {
        if first == second { return nil }
        guard let actions = try? (Self.action(in: first), Self.action(in: second)),
            let sets = try? (ReadWriteSet(decoding: actions.0.results), ReadWriteSet(decoding: actions.1.results))
        else {
            self = .other
            return
        }
        if let difference = Self.difference(sets.0, sets.1) {
            self = difference
        } else if actions.0.response != actions.1.response {
            self = .response
        } else if actions.0.events != actions.1.events {
            self = .event
        } else {
            self = .other
        }
    }

    private static func action(in payload: Bytes) throws -> ChaincodeAction {
        try ChaincodeAction(decoding: try ProposalResponsePayload(decoding: payload).extension)
    }

    private static func difference(_ first: ReadWriteSet, _ second: ReadWriteSet) -> ResponseDifference? {
        let names = Set(first.namespaces.map(\.namespace)).union(second.namespaces.map(\.namespace)).sorted()
        let pairs = names.map { name in
            let empty = NamespaceReadWriteSet(namespace: name)
            let sets = [first, second].map { set in set.namespaces.first { $0.namespace == name } ?? empty }
            return (sets[0], sets[1])
        }
        // What functions answered is the reason for much else. A request that only one made is a consequence of other things.
        return pairs.lazy.compactMap { differentCall($0.0, $0.1, isOfAnswers: true) }.first
            ?? pairs.lazy.compactMap { difference($0.0, $0.1) }.first
            ?? pairs.lazy.compactMap { differentCall($0.0, $0.1, isOfAnswers: false) }.first
    }

    /// The first call that the two do not have in common.
    ///
    /// - Parameter isOfAnswers: only one that both made.
    private static func differentCall(
        _ first: NamespaceReadWriteSet, _ second: NamespaceReadWriteSet, isOfAnswers: Bool
    ) -> ResponseDifference? {
        let calls = [first, second].map { Set($0.publicSet.recordedCalls) }
        let different = calls[0].symmetricDifference(calls[1])
        let requests = calls.map { Set($0.map(\.request)) }
        let shared = requests[0].intersection(requests[1])
        return different.map(\.request).filter { !isOfAnswers || shared.contains($0) }.min()
            .map { .call(namespace: first.namespace, request: $0) }
    }

    private static func difference(
        _ first: NamespaceReadWriteSet, _ second: NamespaceReadWriteSet
    ) -> ResponseDifference? {
        let namespace = first.namespace
        let (one, other) = (first.publicSet, second.publicSet)
        let reads = [one, other].map { set in
            let calls = Set(set.recordedCalls.map(\.key))
            return set.reads.filter { !calls.contains($0.key) }
        }
        if let key = firstDifference(reads[0], reads[1], by: \.key) {
            return .key(namespace: namespace, key: key, .read)
        }
        if let key = firstDifference(one.writes, other.writes, by: \.key) {
            return .key(namespace: namespace, key: key, .write)
        }
        if let key = firstDifference(one.metadataWrites, other.metadataWrites, by: \.key) {
            return .key(namespace: namespace, key: key, .metadata)
        }
        if let startKey = firstDifference(one.rangeQueries, other.rangeQueries, by: \.startKey) {
            return .range(namespace: namespace, startKey: startKey)
        }
        return firstDifference(first.collections, second.collections, by: \.collection)
            .map { .collection(namespace: namespace, name: $0) }
    }

    /// The lowest key under which the two lists do not hold the same.
    private static func firstDifference<Element: Hashable>(
        _ first: [Element], _ second: [Element], by key: (Element) -> Bytes
    ) -> Bytes? {
        if first == second { return nil }
        // In order, so that a list that names a key twice is compared too.
        let (one, other) = (Dictionary(grouping: first, by: key), Dictionary(grouping: second, by: key))
        return Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.min()
    }
}

extension ResponseDifference: CustomStringConvertible {
    /// What differs, as the subject of a sentence.
    package var description: String {
        switch self {
        case .key(let namespace, let key, let part):
            part == .read
                ? "key \"\(key.lossyText)\" in \"\(namespace.lossyText)\""
                : "the \(part.rawValue) of key \"\(key.lossyText)\" in \"\(namespace.lossyText)\""
        case .collection(let namespace, let name):
            "what was read or written in collection \"\(name.lossyText)\" of \"\(namespace.lossyText)\""
        case .range(let namespace, let startKey):
            "the keys from \"\(startKey.lossyText)\" on in \"\(namespace.lossyText)\""
        case .call(let namespace, _): "what a function answered to contract \"\(namespace.lossyText)\""
        case .response: "the response"
        case .event: "the event"
        case .other: "the answer"
        }
    }
}
