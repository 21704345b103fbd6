internal import FabricTypes
internal import GoldenLedger
internal import LedgerCore
internal import PeerService
internal import Testing

@Suite("Why a transaction is not valid")
struct TransactionExplanationTests {
    @Test("a peer that has forgotten its verdicts finds the same keys, winners and organisations again")
    func explanations() async throws {
        let ledger = RecordedPeer.ledgerInMemory()
        let fresh = try await RecordedPeer.channel(in: ledger)
        let forgetful = try PeerChannel(
            opening: ledger, id: ChannelID(validating: "trade"), settings: RecordedPeer.settings())
        var compared: [ValidationCode: Int] = [:]
        var otherwise = 0
        var unfound = 0
        for number in 1..<BlockNumber(110) {
            let block = try Block(decoding: try #require(try ledger.store.block(number)))
            var taken: [ValidationCode: Int] = [:]
            for (index, code) in block.transactionsFilter.codes.enumerated() {
                // A few of each kind of every block.
                taken[code, default: 0] += 1
                guard let count = taken[code], count <= 3 else { continue }
                compared[code, default: 0] += 1
                let place = Comment(rawValue: "\(number):\(index) \(code)")
                let known = try #require(try await fresh.explanation(ofBlock: number, transactionAt: index), place)
                let found = try #require(try await forgetful.explanation(ofBlock: number, transactionAt: index), place)
                #expect(known.position == found.position && known.position.code == code, place)
                #expect(known.reason.isEmpty == code.isValid, place)
                #expect(found.reason.isEmpty == code.isValid, place)
                // A verdict without a winner is one over a summary, or over a key that an earlier block deleted.
                if let conflict = known.conflict, conflict.winner != nil {
                    if found.conflict == nil { unfound += 1 } else { #expect(found.conflict == conflict, place) }
                }
                if found.missingOrganizations != known.missingOrganizations {
                    otherwise += 1
                    #expect(found.reason.contains("rules of today"), place)
                }
            }
        }
        #expect(compared[.mvccReadConflict] ?? 0 > 10)
        #expect(compared[.phantomReadConflict] ?? 0 > 5)
        #expect(compared[.endorsementPolicyFailure] ?? 0 > 10)
        // A range that was forged to record less than was read does not tell from where on to look.
        #expect(unfound <= 1)
        // A definition that has changed since.
        #expect(otherwise <= 3)
    }

    @Test("a policy failure names the organisations, a conflict the key and the winner")
    func words() async throws {
        let channel = try await RecordedPeer.channel(height: 60)
        var organizations: Set<String> = []
        var texts: [String] = []
        for number in 1..<channel.commits.height {
            let block = try Block(decoding: try #require(try await channel.block(number)))
            for (index, code) in block.transactionsFilter.codes.enumerated() {
                let explanation = try await channel.explanation(ofBlock: number, transactionAt: index)
                if code == .endorsementPolicyFailure {
                    organizations.formUnion(explanation?.missingOrganizations.map(\.description) ?? [])
                } else if code == .mvccReadConflict {
                    texts.append(explanation?.reason ?? "")
                }
            }
        }
        #expect(organizations.isSuperset(of: ["AlderMSP", "BirchMSP"]))
        #expect(texts.allSatisfy { $0.contains("was at version") || $0.contains("was missing") })
        #expect(texts.contains { $0.contains("changed by transaction") })
        #expect(try await channel.explanation(ofBlock: 60, transactionAt: 0) == nil)
        #expect(try await channel.explanation(ofBlock: 5, transactionAt: 10_000) == nil)
        #expect(try await channel.explanation(ofTransaction: Bytes("no such id")) == nil)
    }
}
