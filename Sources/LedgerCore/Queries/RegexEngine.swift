package import FabricTypes

/// Compiles the patterns of `$regex`. Implemented over PCRE2 by the storage module, with bounds on time and memory.
package protocol RegexEngine: Sendable {
    /// - Throws: ``SelectorError`` for a pattern that does not compile.
    func compile(_ pattern: Bytes) throws(SelectorError) -> any RegexPattern
}

package protocol RegexPattern: Sendable {
    /// Whether the pattern occurs anywhere in the text.
    ///
    /// - Throws: ``SelectorError`` when the match needs more steps than allowed: the same on every machine, since steps
    ///   are counted, not seconds.
    func occurs(in text: Bytes) throws(SelectorError) -> Bool
}
