import DuetClient
import NetworkTestKit
import Testing

@Suite("A client of a running network: functions that have a say in endorsements")
struct NetworkFunctionTests {
    private static let template = """
        ROSTemplateFormatVersion: '2015-09-01'
        Transform: 'Aliyun::Serverless-2018-04-03'
        Parameters:
          Say: { Type: String, Default: '210' }
          Rule: { Type: String, Default: allow }
          OnError: { Type: String, Default: REFUSE }
          Wait: { Type: Number, Default: 10 }
        Resources:
          prices:
            Type: 'Aliyun::Serverless::Service'
            quote:
              Type: 'Aliyun::Serverless::Function'
              Properties:
                Handler: index.quote
                Runtime: python3
                CodeUri: ./
                Timeout: 60
                EnvironmentVariables: { WORD: { Ref: Say } }
              Events:
                by-contract: { Type: ContractCall, Properties: { Channel: mychannel, Contract: keyvalue, Timeout: { Ref: Wait } } }
            rule:
              Type: 'Aliyun::Serverless::Function'
              Properties:
                Handler: index.rule
                Runtime: python3
                CodeUri: ./
                Timeout: 60
                EnvironmentVariables: { WORD: { Ref: Rule } }
              Events:
                check:
                  Type: Endorsement
                  Properties:
                    Channel: mychannel
                    Contract: keyvalue
                    Functions: [put]
                    Timeout: { Ref: Wait }
                    OnError: { Ref: OnError }
        """

    private static let code = """
        import os
        import time

        def quote(event, context):
            if os.environ["WORD"] == "hang":
                time.sleep(60)
            return os.environ["WORD"]

        def rule(event, context):
            if os.environ["WORD"] == "hang":
                time.sleep(60)
            if os.environ["WORD"] == "crash":
                os._exit(3)
            return {"allow": os.environ["WORD"] == "allow", "message": "Org2 owns enough"}
        """

    @Test("what checks refuse and functions answer differently a client reads with the organisation's name")
    func functions() async throws {
        try await RunningNetwork.with { network in
            try await deploy(network, ["Org1MSP", "Org2MSP"])
            try await network.withContract { contract in
                try await contract.submit("put", "colour", "blue")
                #expect(try await contract.submit("ask", "price", "prices/quote", "wheat").result == Bytes("210"))
            }
            try await refusing(network)
            try await withoutVerdict(network)
            try await answering(network)
        }
    }

    private func refusing(_ network: RunningNetwork) async throws {
        try await deploy(network, ["Org2MSP"], ["Rule": "refuse"])
        let refusal = try await refusal(network, "put", "colour", "red")
        #expect(
            refusal.message.contains("Endorsement check \"check\" (prices/rule) of Org2MSP refused: Org2 owns enough"))
    }

    private func withoutVerdict(_ network: RunningNetwork) async throws {
        for (rule, wait) in [("crash", "10"), ("hang", "1")] {
            try await deploy(network, ["Org2MSP"], ["Rule": rule, "Wait": wait])
            let refusal = try await refusal(network, "put", "colour", "red")
            #expect(refusal.message.contains("of Org2MSP gave no verdict and refuses then"), "\(rule): \(refusal)")
            try await deploy(network, ["Org2MSP"], ["Rule": rule, "Wait": wait, "OnError": "ALLOW"])
            try await network.withContract { contract in
                try await contract.submit("put", "colour", rule)
            }
        }
    }

    private func answering(_ network: RunningNetwork) async throws {
        try await deploy(network, ["Org2MSP"], ["Say": "211"])
        let different = try await refusal(network, "ask", "price", "prices/quote", "wheat")
        #expect(different.message.contains("what function \"prices/quote\" answered to contract \"keyvalue\""))
        #expect(different.message.contains("Org1MSP") && different.message.contains("Org2MSP"))
        try await deploy(network, ["Org2MSP"], ["Say": "hang", "Wait": "1"])
        let late = try await refusal(network, "ask", "price", "prices/quote", "wheat")
        #expect(late.message.contains("Function \"prices/quote\" of Org2MSP"), "\(late)")
        #expect(late.message.contains("did not answer within 1000 ms"), "\(late)")
    }

    private func deploy(
        _ network: RunningNetwork, _ organizations: [String], _ parameters: [String: String] = [:]
    ) async throws {
        try await network.deploy(
            ["template.yml": Self.template, "index.py": Self.code], to: organizations, parameters: parameters)
    }

    /// Why the second organisation's peer did not endorse.
    private func refusal(_ network: RunningNetwork, _ function: String, _ arguments: String...) async throws
        -> ClientError.Refusal
    {
        try await network.withContract { contract in
            let error = try await #require(throws: ClientError.self) {
                try await contract.submit(function, arguments.map { Bytes($0) })
            }
            #expect(error.phase == .endorse)
            return try #require(error.refusals.first { $0.mspID == "Org2MSP" }, "\(error)")
        }
    }
}
