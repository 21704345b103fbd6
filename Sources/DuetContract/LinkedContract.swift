/// A contract that is linked into a program, under the name that channels define it by.
public struct LinkedContract: Sendable {
    public let name: String
    /// What people and tools are told about it, a JSON document.
    public let metadata: Bytes
    private let make: @Sendable () -> any Contract

    /// - Parameters:
    ///   - name: in the channel's definition. One type may be linked under several names.
    ///   - type: the contract.
    public init<Subject: Contract>(_ name: String, _ type: Subject.Type) {
        self.name = name
        metadata = Subject.metadata(name: name)
        make = { Subject(name: name) }
    }

    /// Runs one call on a fresh value of the contract.
    ///
    /// - Parameter isInitialization: whether it is the call that a definition with init-required waits for.
    /// - Returns: what the contract answered; a failure where its last writes could not be sent.
    package func run(_ stub: ContractStub, isInitialization: Bool) -> Result<ContractResponse, ContractError> {
        stub.complete { stub in
            let contract = make()
            return isInitialization ? try contract.initialize(stub) : try contract.invoke(stub)
        }
    }
}
