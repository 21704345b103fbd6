/// A store that can keep indexes over JSON values.
package protocol QueryIndexing: Sendable {
    /// Declares which indexes the values of a space have, in place of those it had. New ones are filled before this
    /// returns. Blocks; belongs to the ledger's one writer.
    func declareIndexes(_ indexes: [QueryIndex], of space: QuerySpace) throws
}
