import FabricTypes
import GoldenLedger
import Membership
import Testing

@Suite("Identities of the recorded channel")
struct RecordedIdentityTests {
    let channel: RecordedChannel

    init() throws {
        channel = try RecordedChannel.read.get()
    }

    @Test("exactly the creators that the recorded peers turned away are turned away")
    func creators() throws {
        var refusedCount = 0
        for transaction in channel.transactions where transaction.type == .endorserTransaction {
            // The header or the payload is judged before the creator.
            guard ![2, 3].contains(transaction.code) else { continue }
            let isGood = try isGoodCreator(transaction)
            #expect(isGood == (transaction.code != 4), "block \(transaction.block), \(transaction.label)")
            refusedCount += isGood ? 0 : 1
        }
        #expect(refusedCount == 20)
    }

    private func isGoodCreator(_ transaction: RecordedChannel.RecordedTransaction) throws -> Bool {
        do {
            let identity = try transaction.msps.identity(try transaction.creator)
            try transaction.msps.validate(identity)
            return transaction.msps.isSignature(
                transaction.envelope.signature, of: [transaction.envelope.payload], by: identity)
        } catch is IdentityError {
            return false
        }
    }

    @Test(
        "as many peers endorsed as the recorded peers counted",
        arguments: [
            ("and-both", 2), ("and-one", 1), ("and-wrong", 2), ("and-three", 3), ("same-org-twice", 2), ("bad-sig", 1),
            ("high-s", 1), ("sig-trailing", 2), ("twice", 1), ("none", 0), ("extra-junk", 2), ("junk-first", 2),
            ("junk-last", 2), ("client-endorser", 1), ("foreign-endorser", 1), ("garbage-endorser", 2), ("pem-note", 2),
            ("pem-dup", 1), ("other-prp", 0), ("peer9-before", 2), ("peer9-after", 1),
        ])
    func endorsers(label: String, count: Int) throws {
        let transaction = try channel.transaction(label)
        let msps = transaction.msps
        var endorsers: Set<Identity> = []
        for (endorsement, message) in try transaction.endorsements {
            // Policies pass over who cannot be read.
            guard let identity = try? msps.identity(endorsement.endorser),
                msps.satisfies(identity, MSPPrincipal(MSPRole(.peer, of: identity.mspID))),
                msps.isSignature(endorsement.signature, of: message, by: identity)
            else { continue }
            endorsers.insert(identity)
        }
        #expect(endorsers.count == count)
    }

    @Test("every valid transaction's endorsements by regular peers hold")
    func endorsementsOfValidTransactions() throws {
        var count = 0
        for transaction in channel.transactions where transaction.type == .endorserTransaction && transaction.code == 0
        {
            let good = try transaction.endorsements.filter { endorsement, message in
                guard let identity = try? transaction.msps.identity(endorsement.endorser) else { return false }
                return transaction.msps.isSignature(endorsement.signature, of: message, by: identity)
            }
            #expect(!good.isEmpty, "\(transaction.label)")
            count += good.count
        }
        #expect(count > 500)
    }

    @Test(
        "identities issued by hand are what their note says",
        arguments: [
            ("plain@alder.example", "AlderMSP", IdentityError.Code?.some(.unclassified)),
            ("double@alder.example", "AlderMSP", .unclassified),
            ("sales@alder.example", "AlderMSP", nil),
            ("eku-client@alder.example", "AlderMSP", .untrusted),
            ("eku-server@alder.example", "AlderMSP", nil),
            ("brief@birch.example", "BirchMSP", nil),
            ("future@birch.example", "BirchMSP", nil),
            ("sub-ca@alder.example", "AlderMSP", .untrusted),
            ("tls-born@alder.example", "AlderMSP", .untrusted),
            ("p384@alder.example", "AlderMSP", nil),
            ("high-s@alder.example", "AlderMSP", nil),
            ("ed25519@alder.example", "AlderMSP", .unusableCertificate),
            ("leaver@birch.example", "BirchMSP", .revoked),
            ("peer9@birch.example", "BirchMSP", .revoked),
            ("boss@birch.example", "BirchMSP", nil),
            // Its validity begins before that of its authority, which is not good one second later.
            ("expired@alder.example", "AlderMSP", .untrusted),
            ("boss@birch.example", "AlderMSP", .untrusted),
            ("boss@birch.example", "DogwoodMSP", .unknownMSP),
        ])
    func extraIdentities(name: String, mspID: String, expected: IdentityError.Code?) throws {
        let msps = try #require(channel.transactions.last?.msps)
        let certificate = try GoldenFiles.trade.bytes("crypto/extra/\(name)/cert.pem")
        let serialized = SerializedIdentity(mspID: try MSPID(validating: mspID), idBytes: certificate).encoded()
        var found: IdentityError.Code?
        do {
            try msps.validate(try msps.identity(serialized))
        } catch {
            found = error.code
        }
        #expect(found == expected)
    }

    @Test("an admin is one by organisational unit and is no client")
    func admin() throws {
        let msps = try #require(channel.transactions.last?.msps)
        let birch = try MSPID(validating: "BirchMSP")
        let certificate = try GoldenFiles.trade.bytes("crypto/extra/boss@birch.example/cert.pem")
        let identity = try msps.identity(SerializedIdentity(mspID: birch, idBytes: certificate).encoded())
        let roles = MSPRole.Role.allCases.filter { msps.satisfies(identity, MSPPrincipal(MSPRole($0, of: birch))) }
        #expect(roles == [.member, .admin])
    }
}
