import FabricProtos
import FabricTypes
import Foundation
import SwiftProtobuf
import Testing

/// Each view, with every field set by its name, encodes as the generated message with the same fields set by theirs.
@Suite("Names of fields")
struct ViewFieldTests {
    private func expectSame(
        _ view: some WireMessage, _ generated: some SwiftProtobuf.Message,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        let bytes: [UInt8] = try generated.serializedBytes(options: options)
        #expect(view.encoded() == Bytes(bytes), sourceLocation: sourceLocation)
    }

    private func data(_ text: String) -> Data { Data(text.utf8) }

    @Test("envelope and headers")
    func headers() throws {
        try expectSame(
            Envelope(payload: Bytes("p"), signature: Bytes("s")),
            Common_Envelope.with {
                $0.payload = data("p")
                $0.signature = data("s")
            })
        try expectSame(
            Payload(header: Header(channelHeader: Bytes("c"), signatureHeader: Bytes("s")), data: Bytes("d")),
            Common_Payload.with {
                $0.header.channelHeader = data("c")
                $0.header.signatureHeader = data("s")
                $0.data = data("d")
            })
        try expectSame(
            ChannelHeader(
                type: .endorserTransaction, version: 1, timestamp: Timestamp(seconds: -2, nanoseconds: 3),
                channelID: Bytes("c"), transactionID: Bytes("t"), epoch: 4, extension: Bytes("e"),
                tlsCertificateHash: Bytes("h")),
            Common_ChannelHeader.with {
                $0.type = 3
                $0.version = 1
                $0.timestamp.seconds = -2
                $0.timestamp.nanos = 3
                $0.channelID = "c"
                $0.txID = "t"
                $0.epoch = 4
                $0.extension = data("e")
                $0.tlsCertHash = data("h")
            })
        try expectSame(
            SignatureHeader(creator: Bytes("c"), nonce: Bytes("n")),
            Common_SignatureHeader.with {
                $0.creator = data("c")
                $0.nonce = data("n")
            })
        try expectSame(
            SerializedIdentity(mspID: MSPID(validating: "m"), idBytes: Bytes("i")),
            Msp_SerializedIdentity.with {
                $0.mspid = "m"
                $0.idBytes = data("i")
            })
    }

    @Test("proposals")
    func proposals() throws {
        try expectSame(
            SignedProposal(proposalBytes: Bytes("p"), signature: Bytes("s")),
            Protos_SignedProposal.with {
                $0.proposalBytes = data("p")
                $0.signature = data("s")
            })
        try expectSame(
            Proposal(header: Bytes("h"), payload: Bytes("p"), extension: Bytes("e")),
            Protos_Proposal.with {
                $0.header = data("h")
                $0.payload = data("p")
                $0.extension = data("e")
            })
        try expectSame(
            ChaincodeHeaderExtension(
                chaincodeID: ChaincodeID(path: Bytes("p"), name: Bytes("n"), version: Bytes("v"))),
            Protos_ChaincodeHeaderExtension.with {
                $0.chaincodeID.path = "p"
                $0.chaincodeID.name = "n"
                $0.chaincodeID.version = "v"
            })
        try expectSame(
            ChaincodeProposalPayload(input: Bytes("i"), transientMap: [Bytes("b"): Bytes("2"), Bytes("a"): Bytes()]),
            Protos_ChaincodeProposalPayload.with {
                $0.input = data("i")
                $0.transientMap = ["b": data("2"), "a": Data()]
            })
        try expectSame(
            ChaincodeInvocationSpec(
                chaincodeSpec: ChaincodeSpec(
                    type: 2, chaincodeID: ChaincodeID(name: Bytes("n")),
                    input: ChaincodeInput(
                        arguments: [Bytes("f"), Bytes()], decorations: [Bytes("d"): Bytes("1")], isInit: true),
                    timeout: 5)),
            Protos_ChaincodeInvocationSpec.with {
                $0.chaincodeSpec.type = .node
                $0.chaincodeSpec.chaincodeID.name = "n"
                $0.chaincodeSpec.input.args = [data("f"), Data()]
                $0.chaincodeSpec.input.decorations = ["d": data("1")]
                $0.chaincodeSpec.input.isInit = true
                $0.chaincodeSpec.timeout = 5
            })
    }

    @Test("responses")
    func responses() throws {
        try expectSame(
            ProposalResponse(
                version: 1, timestamp: Timestamp(seconds: 2),
                response: Response(status: 200, message: Bytes("m"), payload: Bytes("r")), payload: Bytes("p"),
                endorsement: Endorsement(endorser: Bytes("e"), signature: Bytes("s")),
                interest: ChaincodeInterest(chaincodes: [
                    ChaincodeCall(
                        name: Bytes("n"), collectionNames: [Bytes("c")], noPrivateReads: true,
                        keyPolicies: [SignaturePolicyEnvelope()]),
                    ChaincodeCall(name: Bytes("o"), noPublicWrites: true),
                    ChaincodeCall(name: Bytes("p"), disregardNamespacePolicy: true),
                ])),
            Protos_ProposalResponse.with {
                $0.version = 1
                $0.timestamp.seconds = 2
                $0.response.status = 200
                $0.response.message = "m"
                $0.response.payload = data("r")
                $0.payload = data("p")
                $0.endorsement.endorser = data("e")
                $0.endorsement.signature = data("s")
                $0.interest.chaincodes = [
                    .with {
                        $0.name = "n"
                        $0.collectionNames = ["c"]
                        $0.noPrivateReads = true
                        $0.keyPolicies = [Common_SignaturePolicyEnvelope()]
                    },
                    .with {
                        $0.name = "o"
                        $0.noPublicWrites = true
                    },
                    .with {
                        $0.name = "p"
                        $0.disregardNamespacePolicy = true
                    },
                ]
            })
        try expectSame(
            ProposalResponsePayload(proposalHash: Bytes("h"), extension: Bytes("e")),
            Protos_ProposalResponsePayload.with {
                $0.proposalHash = data("h")
                $0.extension = data("e")
            })
        try expectSame(
            ChaincodeAction(
                results: Bytes("r"), events: Bytes("e"), response: Response(status: 1),
                chaincodeID: ChaincodeID(name: Bytes("n"))),
            Protos_ChaincodeAction.with {
                $0.results = data("r")
                $0.events = data("e")
                $0.response.status = 1
                $0.chaincodeID.name = "n"
            })
        try expectSame(
            ChaincodeEvent(
                chaincodeID: Bytes("c"), transactionID: Bytes("t"), eventName: Bytes("e"), payload: Bytes("p")),
            Protos_ChaincodeEvent.with {
                $0.chaincodeID = "c"
                $0.txID = "t"
                $0.eventName = "e"
                $0.payload = data("p")
            })
    }

    @Test("transactions")
    func transactions() throws {
        try expectSame(
            Transaction(actions: [TransactionAction(header: Bytes("h"), payload: Bytes("p"))]),
            Protos_Transaction.with {
                $0.actions = [
                    .with {
                        $0.header = data("h")
                        $0.payload = data("p")
                    }
                ]
            })
        try expectSame(
            ChaincodeActionPayload(
                chaincodeProposalPayload: Bytes("c"),
                action: ChaincodeEndorsedAction(
                    proposalResponsePayload: Bytes("p"),
                    endorsements: [Endorsement(endorser: Bytes("e"), signature: Bytes("s"))])),
            Protos_ChaincodeActionPayload.with {
                $0.chaincodeProposalPayload = data("c")
                $0.action.proposalResponsePayload = data("p")
                $0.action.endorsements = [
                    .with {
                        $0.endorser = data("e")
                        $0.signature = data("s")
                    }
                ]
            })
        try expectSame(
            ProcessedTransaction(
                transactionEnvelope: Envelope(payload: Bytes("p"), signature: Bytes()), validationCode: 11),
            Protos_ProcessedTransaction.with {
                $0.transactionEnvelope.payload = data("p")
                $0.validationCode = 11
            })
    }

    @Test("blocks")
    func blocks() throws {
        try expectSame(
            Block(
                header: BlockHeader(number: 1, previousHash: Bytes("p"), dataHash: Bytes("d")),
                data: BlockData(entries: [Bytes("e"), Bytes()]),
                metadata: BlockMetadata(slots: [Bytes(), Bytes("m")])),
            Common_Block.with {
                $0.header.number = 1
                $0.header.previousHash = data("p")
                $0.header.dataHash = data("d")
                $0.data.data = [data("e"), Data()]
                $0.metadata.metadata = [Data(), data("m")]
            })
        try expectSame(
            Metadata(
                value: Bytes("v"),
                signatures: [
                    MetadataSignature(
                        signatureHeader: Bytes("h"), signature: Bytes("s"), identifierHeader: Bytes("i"))
                ]),
            Common_Metadata.with {
                $0.value = data("v")
                $0.signatures = [
                    .with {
                        $0.signatureHeader = data("h")
                        $0.signature = data("s")
                        $0.identifierHeader = data("i")
                    }
                ]
            })
        try expectSame(
            IdentifierHeader(identifier: 7, nonce: Bytes("n")),
            Common_IdentifierHeader.with {
                $0.identifier = 7
                $0.nonce = data("n")
            })
        try expectSame(
            OrdererBlockMetadata(lastConfig: LastConfig(index: 9), consenterMetadata: Bytes("c")),
            Common_OrdererBlockMetadata.with {
                $0.lastConfig.index = 9
                $0.consenterMetadata = data("c")
            })
        try expectSame(
            BlockchainInfo(
                height: 1, currentBlockHash: Bytes("c"), previousBlockHash: Bytes("p"),
                bootstrappingSnapshotInfo: BootstrappingSnapshotInfo(lastBlockInSnapshot: 3)),
            Common_BlockchainInfo.with {
                $0.height = 1
                $0.currentBlockHash = data("c")
                $0.previousBlockHash = data("p")
                $0.bootstrappingSnapshotInfo.lastBlockInSnapshot = 3
            })
    }

    @Test("the slots of block metadata are those of the protocol")
    func slots() {
        #expect(BlockMetadata.Slot.signatures.rawValue == Common_BlockMetadataIndex.signatures.rawValue)
        #expect(BlockMetadata.Slot.lastConfig.rawValue == Common_BlockMetadataIndex.lastConfig.rawValue)
        #expect(BlockMetadata.Slot.transactionsFilter.rawValue == Common_BlockMetadataIndex.transactionsFilter.rawValue)
        #expect(BlockMetadata.Slot.orderer.rawValue == Common_BlockMetadataIndex.orderer.rawValue)
        #expect(BlockMetadata.Slot.commitHash.rawValue == Common_BlockMetadataIndex.commitHash.rawValue)
    }

    @Test("header types have the names and numbers of the protocol, and others survive")
    func headerTypes() throws {
        for known in Common_HeaderType.allCases {
            let name = HeaderType(rawValue: Int32(known.rawValue)).name
            #expect(try Protos_FilteredTransaction(jsonString: #"{"type":"\#(name)"}"#).type == known)
        }
        #expect(HeaderType(rawValue: 99).description == "TYPE_99")
    }

    @Test("validation codes have the names and numbers of the protocol, and others survive")
    func validationCodes() throws {
        for known in Protos_TxValidationCode.allCases {
            let name = ValidationCode(rawValue: UInt8(known.rawValue)).name
            let transaction = try Protos_FilteredTransaction(jsonString: #"{"txValidationCode":"\#(name)"}"#)
            #expect(transaction.txValidationCode == known)
        }
        #expect(ValidationCode(rawValue: 77).description == "77 CODE_77")
    }
}
