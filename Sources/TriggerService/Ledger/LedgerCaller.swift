package import FunctionTypes

/// A function that calls the ledger while it runs.
package struct LedgerCaller: Sendable {
    package var service: ServiceName
    package var organization: OrganizationName
    /// The running request; its calls belong to one trace.
    package var requestID: String
    /// The event in the ledger that the function runs for; nil for any other reason to run.
    package var cause: InvocationCause?
    package var traceparent: String?
    /// Where a peer asks the function during an endorsement: how many functions were asked on the way, this one included. It may
    /// look then, and change nothing.
    package var endorsementDepth: Int?

    package init(
        service: ServiceName, organization: OrganizationName, requestID: String, cause: InvocationCause? = nil,
        traceparent: String? = nil, endorsementDepth: Int? = nil
    ) {
        self.service = service
        self.organization = organization
        self.requestID = requestID
        self.cause = cause
        self.traceparent = traceparent
        self.endorsementDepth = endorsementDepth
    }
}
