package import FunctionTypes

/// What the node offers to the code inside an instance on sockets of its own: the ledger, for example.
///
/// Sockets are the only way out of a sandbox besides the network. Whatever stands in an instance's folder of sockets can be reached
/// from inside by that instance and by no other.
package protocol InstanceOffer: Sendable {
    /// Opens what this instance may use, before its code is loaded.
    ///
    /// - Parameters:
    ///   - folder: the folder of sockets as the node sees it. Names in it may have 20 bytes; those of one letter are taken.
    ///   - visibleFolder: the same folder as the function sees it.
    /// - Returns: environment variables that tell the function's runtime what there is.
    func open(
        for specification: InstanceSpecification, folder: String, visibleFolder: String
    ) async throws(FunctionError) -> [String: String]

    /// The instance is gone. Called once for every `open`, also for one that failed.
    func close(for id: InstanceID) async
}
