public import FabricTypes

extension ContractStub {
    /// Keys from `start` up to but not including `end`, in bytewise order; an empty text leaves that side open.
    ///
    /// Protected against phantoms: the transaction becomes invalid if another one changes the range before it commits.
    public func getStateByRange(_ start: some StateKey, _ end: some StateKey) throws(ContractError) -> StateIterator {
        let range = try simple(start.keyBytes, end.keyBytes)
        return StateIterator(try backend.range(from: range.start, to: range.end, in: Bytes()))
    }

    /// All keys that begin with a composite key's type and attributes.
    public func getStateByPartialCompositeKey(_ prefix: CompositeKey) throws(ContractError) -> StateIterator {
        StateIterator(try backend.range(from: prefix.keyBytes, to: prefix.rangeEnd, in: Bytes()))
    }

    /// One page of a range. The transaction can only read after that.
    ///
    /// - Parameters:
    ///   - pageSize: rows at most.
    ///   - bookmark: of the page before; empty for the first one.
    public func getStateByRange(
        _ start: some StateKey, _ end: some StateKey, pageSize: Int, bookmark: Bytes = Bytes()
    ) throws(ContractError) -> StatePage {
        let range = try simple(start.keyBytes, end.keyBytes)
        return try page(range.start, range.end, pageSize, bookmark)
    }

    public func getStateByPartialCompositeKey(
        _ prefix: CompositeKey, pageSize: Int, bookmark: Bytes = Bytes()
    ) throws(ContractError) -> StatePage {
        try page(prefix.keyBytes, prefix.rangeEnd, pageSize, bookmark)
    }

    /// Keys whose JSON values fit a CouchDB selector. Not protected against phantoms.
    ///
    /// - Parameter query: as for CouchDB's `_find`: `{"selector": {"owner": "amy"}}`.
    public func getQueryResult(_ query: String) throws(ContractError) -> StateIterator {
        StateIterator(try backend.query(Bytes(query), in: Bytes()))
    }

    /// One page of a rich query. The transaction can only read after that.
    public func getQueryResult(
        _ query: String, pageSize: Int, bookmark: Bytes = Bytes()
    ) throws(ContractError) -> StatePage {
        guard pageSize != 0 || !bookmark.isEmpty else { return try Self.all(of: getQueryResult(query)) }
        return StatePage(try backend.queryPage(Bytes(query), size: pageSize, bookmark: bookmark))
    }

    /// The changes of a public key, newest first.
    public func getHistory(forKey key: some StateKey) throws(ContractError) -> HistoryIterator {
        HistoryIterator(try backend.history(of: key.keyBytes))
    }
}

// MARK: - Private data

extension ContractStub {
    /// Private keys of a range. The transaction can only read after that.
    public func getPrivateDataByRange(
        _ collection: String, _ start: some StateKey, _ end: some StateKey
    ) throws(ContractError) -> StateIterator {
        let collection = try name(collection)
        let range = try simple(start.keyBytes, end.keyBytes)
        return StateIterator(try backend.range(from: range.start, to: range.end, in: collection))
    }

    public func getPrivateDataByPartialCompositeKey(
        _ collection: String, _ prefix: CompositeKey
    ) throws(ContractError) -> StateIterator {
        StateIterator(try backend.range(from: prefix.keyBytes, to: prefix.rangeEnd, in: try name(collection)))
    }

    public func getPrivateDataQueryResult(_ collection: String, _ query: String) throws(ContractError) -> StateIterator
    {
        StateIterator(try backend.query(Bytes(query), in: try name(collection)))
    }
}

// MARK: - Rules

extension ContractStub {
    /// The first character behind all composite keys, where ranges without a start begin.
    private static let emptyKeySubstitute = Bytes([1])

    private func simple(_ start: Bytes, _ end: Bytes) throws(ContractError) -> (start: Bytes, end: Bytes) {
        let start = start.isEmpty ? Self.emptyKeySubstitute : start
        for key in [start, end] where key.first == 0 {
            throw ContractError(
                "first character of the key [\(key.lossyText)] contains a null character which is not allowed")
        }
        return (start, end)
    }

    private func page(
        _ start: Bytes, _ end: Bytes, _ pageSize: Int, _ bookmark: Bytes
    ) throws(ContractError) -> StatePage {
        // As behind the shim, a page of any size from the beginning is the whole range.
        guard pageSize != 0 || !bookmark.isEmpty else {
            return try Self.all(of: StateIterator(backend.range(from: start, to: end, in: Bytes())))
        }
        return StatePage(try backend.page(from: start, to: end, size: pageSize, bookmark: bookmark))
    }

    private static func all(of iterator: StateIterator) throws(ContractError) -> StatePage {
        var rows: [StateEntry] = []
        while let row = try iterator.next() { rows.append(row) }
        return StatePage(rows: rows, bookmark: Bytes())
    }
}
