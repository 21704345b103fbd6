package import FabricTypes
package import LedgerCore

/// `lscc`, by which chaincodes were defined before Fabric 2.0.
///
/// It is answered so that old tools get a sentence; nothing can be defined by it.
package struct LegacyLifecycle: SystemChaincode {
    package static let namespace = Bytes("lscc")

    package init() {}

    package var name: Bytes { Self.namespace }

    package func invoke(_ invocation: SystemInvocation) async -> Response {
        .failure(
            "lscc is not served by this peer: chaincodes are installed, approved and committed by _lifecycle, with the "
                + "tools of Fabric 2.0 and later")
    }
}
