import FabricProtos
import FabricTypes
import SwiftProtobuf

extension ViewPair {
    static let gateway: [ViewPair] = [
        ViewPair(EvaluateRequest.self, Gateway_EvaluateRequest.self),
        ViewPair(EvaluateResponse.self, Gateway_EvaluateResponse.self),
        ViewPair(EndorseRequest.self, Gateway_EndorseRequest.self),
        ViewPair(EndorseResponse.self, Gateway_EndorseResponse.self),
        ViewPair(SubmitRequest.self, Gateway_SubmitRequest.self),
        ViewPair(SubmitResponse.self, Gateway_SubmitResponse.self),
        ViewPair(SignedCommitStatusRequest.self, Gateway_SignedCommitStatusRequest.self),
        ViewPair(CommitStatusRequest.self, Gateway_CommitStatusRequest.self),
        ViewPair(CommitStatusResponse.self, Gateway_CommitStatusResponse.self),
        ViewPair(SignedChaincodeEventsRequest.self, Gateway_SignedChaincodeEventsRequest.self),
        ViewPair(ChaincodeEventsRequest.self, Gateway_ChaincodeEventsRequest.self),
        ViewPair(ChaincodeEventsResponse.self, Gateway_ChaincodeEventsResponse.self),
        ViewPair(ErrorDetail.self, Gateway_ErrorDetail.self),
        ViewPair(SeekPosition.self, Orderer_SeekPosition.self),
        ViewPair(SeekSpecified.self, Orderer_SeekSpecified.self),
    ]
}
