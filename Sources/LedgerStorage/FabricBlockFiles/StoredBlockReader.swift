package import FabricTypes

/// Hands out stored blocks one by one, in ascending order as far as they are in order, and holds one at a time.
///
/// Not safe to use from several threads at once.
package protocol StoredBlockReader {
    /// How many entries ``next()`` will hand out, known before the first of them is read.
    var entryCount: Int { get }

    /// The next entry, or nil at the end.
    ///
    /// - Throws: ``BlockFileError`` when the operating system refuses to read. Damage within the files is an entry, not
    ///   an error: what lies behind it may be whole.
    mutating func next() throws(BlockFileError) -> StoredBlock?
}

/// One entry of a folder of blocks.
package enum StoredBlock: Sendable {
    case block(Block)
    /// Bytes that should be a block and are not.
    case damaged(Damage)

    package struct Damage: Hashable, Sendable {
        /// The block that should be there, where its place tells.
        package let number: BlockNumber?
        /// A whole sentence: which file, where in it, what is wrong.
        package let message: String
    }
}
