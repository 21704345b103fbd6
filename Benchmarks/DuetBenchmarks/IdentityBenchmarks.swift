internal import FabricTypes
internal import Membership

/// Signing, checking signatures, and judging identities of a development organisation.
enum IdentityBenchmarks {
    static let cases = [
        Benchmark(name: "Signature/sign 3 KiB, P-256", unit: "signatures") {
            let world = try World()
            return (world.signers.count, { for signer in world.signers { keep(try signer.sign(world.message)) } })
        },
        // A table of its own for each run: every signature is checked.
        checking(name: "Signature/check 3 KiB, P-256") { SignatureTable() },
        checking(name: "Signature/check 3 KiB, P-256, known", signatures: { known }),
        Benchmark(name: "MSP/set up an organisation", unit: "organisations") {
            let world = try World()
            return (1, { keep(try MSP(world.config, version: .v143)) })
        },
        // New MSPs for each run: every certificate is read and its path is checked.
        judging(name: "Identity/read and judge as peer, cold") { try $0.msps() },
        Benchmark(name: "Identity/read and judge as peer, known", unit: "identities") {
            let world = try World()
            let msps = try world.msps()
            return (world.signers.count, { try world.judge(by: msps) })
        },
    ]

    private static let known = SignatureTable()

    private static func checking(
        name: String, signatures: @escaping @Sendable () -> SignatureTable
    ) -> Benchmark {
        Benchmark(name: name, unit: "signatures") {
            let world = try World()
            let signed = try world.signers.map { ($0.certificate.publicKey, try $0.sign(world.message)) }
            return (
                signed.count,
                {
                    let verifier = SignatureVerifier(table: signatures())
                    for (key, signature) in signed {
                        precondition(verifier.isSignature(signature, of: world.message, by: key))
                    }
                }
            )
        }
    }

    private static func judging(
        name: String, msps: @escaping @Sendable (World) throws -> ChannelMSPs
    ) -> Benchmark {
        Benchmark(name: name, unit: "identities") {
            let world = try World()
            return (world.signers.count, { try world.judge(by: try msps(world)) })
        }
    }
}

/// An organisation with a hundred peers and something for them to sign.
private struct World {
    static let mspID = MSPID(unchecked: Bytes("Org1MSP"))

    let config: FabricMSPConfig
    let signers: [SigningIdentity]
    let message = [Bytes([UInt8](repeating: 0x5A, count: 2_200)), Bytes([UInt8](repeating: 0xA5, count: 800))]
    private let principal = MSPPrincipal(MSPRole(.peer, of: mspID))

    init() throws {
        let instant: Int64 = 1_700_000_000
        let authority = try DevelopmentAuthority(domain: "org1.example.com", at: instant)
        let folder = OrganizationFolder(domain: authority.domain, files: authority.organizationFiles().contents)
        config = try folder.msp.config(mspID: Self.mspID).config
        signers = try (0..<100).map { number in
            let key = PrivateKey()
            let certificate = try authority.identity(
                name: "peer\(number).org1.example.com", role: .peer, key: key, at: instant)
            return try SigningIdentity(mspID: Self.mspID, certificate: certificate, key: key)
        }
    }

    func msps() throws -> ChannelMSPs {
        try ChannelMSPs([MSPConfig(config)], version: .v143, signatures: SignatureTable())
    }

    func judge(by msps: ChannelMSPs) throws {
        for signer in signers {
            let identity = try msps.identity(signer.serialized)
            precondition(msps.satisfies(identity, principal))
        }
    }
}
