internal import FabricTypes

/// What discovery answers, encoded as it is made: nobody here reads such messages.
///
/// Source: Fabric's `discovery.QueryResult` and `gossip` messages.
enum DiscoveryAnswer {
    /// A peer as discovery tells of it.
    struct KnownPeer {
        let mspID: Bytes
        /// `host:port`.
        let endpoint: String
        /// An encoded ``SerializedIdentity``.
        let identity: Bytes
        let ledgerHeight: BlockNumber
        /// Name and version, by name.
        let chaincodes: [(name: Bytes, version: Bytes)]
    }

    static func response(_ results: [Bytes]) -> Bytes {
        message { writer in
            for result in results { writer.writeAlways(1, result) }
        }
    }

    static func error(_ text: String) -> Bytes {
        message { $0.writeAlways(1, message { $0.write(1, text) }) }
    }

    /// - Parameters:
    ///   - msps: an encoded `FabricMSPConfig` by MSP id.
    ///   - orderers: by MSP id.
    static func config(msps: [Bytes: Bytes], orderers: [Bytes: [(host: String, port: UInt32)]]) -> Bytes {
        let endpoints = orderers.mapValues { list in
            message { writer in
                for item in list {
                    writer.writeAlways(
                        1,
                        message {
                            $0.write(1, item.host)
                            $0.write(2, item.port)
                        })
                }
            }
        }
        return message { writer in
            writer.writeAlways(
                2,
                message {
                    $0.write(1, map: msps)
                    $0.write(2, map: endpoints)
                })
        }
    }

    /// - Parameter channel: nil for peers as such, without what they have of a channel.
    static func members(_ peers: [KnownPeer], of channel: ChannelID?, startedAt: UInt64) -> Bytes {
        let byOrganization = Dictionary(grouping: peers, by: \.mspID).mapValues { members in
            encoded(members, of: channel, startedAt: startedAt)
        }
        return message { $0.writeAlways(4, message { $0.write(1, map: byOrganization) }) }
    }

    /// - Parameters:
    ///   - groups: peers of which a layout takes some.
    ///   - layouts: for each group that it needs, how many.
    static func descriptor(
        of chaincode: Bytes, groups: [[KnownPeer]], layouts: [[Int: UInt64]], on channel: ChannelID, startedAt: UInt64
    ) -> Bytes {
        let endorsers = Dictionary(
            uniqueKeysWithValues: groups.enumerated().map {
                (groupName($0.offset), encoded($0.element, of: channel, startedAt: startedAt))
            })
        return message { writer in
            writer.write(1, chaincode)
            writer.write(2, map: endorsers)
            for layout in layouts {
                writer.writeAlways(
                    3,
                    message { writer in
                        for (group, quantity) in layout.sorted(by: { $0.key < $1.key }) {
                            writer.writeAlways(
                                1,
                                message {
                                    $0.writeAlways(1, groupName(group))
                                    $0.writeAlways(2, quantity)
                                })
                        }
                    })
            }
        }
    }

    static func endorsers(_ descriptors: [Bytes]) -> Bytes {
        message { writer in
            writer.writeAlways(
                3,
                message { writer in
                    for descriptor in descriptors { writer.writeAlways(1, descriptor) }
                })
        }
    }

    private static func groupName(_ index: Int) -> Bytes { Bytes("G\(index)") }

    /// `discovery.Peers`.
    private static func encoded(_ peers: [KnownPeer], of channel: ChannelID?, startedAt: UInt64) -> Bytes {
        message { writer in
            for peer in peers {
                writer.writeAlways(
                    1,
                    message { writer in
                        if let channel {
                            writer.writeAlways(1, envelope(stateInfo(peer, on: channel, startedAt: startedAt)))
                        }
                        writer.writeAlways(2, envelope(alive(peer, startedAt: startedAt)))
                        writer.write(3, peer.identity)
                    })
            }
        }
    }

    // MARK: Gossip

    private static let tagEmpty: UInt64 = 1
    private static let tagChannelOrOrganization: UInt64 = 5

    /// Without a signature: peers of one process do not gossip, and clients read the payload alone.
    private static func envelope(_ payload: Bytes) -> Bytes {
        message { $0.write(1, payload) }
    }

    /// H(MSP id ++ certificate), by which peers name each other.
    private static func pkiID(_ peer: KnownPeer) -> Bytes {
        guard let identity = try? SerializedIdentity(decoding: peer.identity) else { return Bytes() }
        return Digest(of: identity.mspID, identity.idBytes).bytes
    }

    private static func time(_ startedAt: UInt64, _ sequence: UInt64) -> Bytes {
        message {
            $0.write(1, startedAt)
            $0.write(2, sequence)
        }
    }

    private static func alive(_ peer: KnownPeer, startedAt: UInt64) -> Bytes {
        message { writer in
            writer.write(3, tagEmpty)
            writer.writeAlways(
                5,
                message { writer in
                    writer.writeAlways(
                        1,
                        message {
                            $0.write(1, peer.endpoint)
                            $0.write(3, pkiID(peer))
                        })
                    writer.writeAlways(2, time(startedAt, 1))
                })
        }
    }

    private static func stateInfo(_ peer: KnownPeer, on channel: ChannelID, startedAt: UInt64) -> Bytes {
        let pkiID = pkiID(peer)
        return message { writer in
            writer.write(3, tagChannelOrOrganization)
            writer.writeAlways(
                15,
                message { writer in
                    writer.writeAlways(2, time(startedAt, peer.ledgerHeight))
                    writer.write(3, pkiID)
                    writer.write(4, Digest(of: pkiID, Bytes(channel.rawValue)).bytes)
                    writer.writeAlways(
                        5,
                        message { writer in
                            writer.write(1, peer.ledgerHeight)
                            for chaincode in peer.chaincodes {
                                writer.writeAlways(
                                    3,
                                    message {
                                        $0.write(1, chaincode.name)
                                        $0.write(2, chaincode.version)
                                    })
                            }
                        })
                })
        }
    }

    private static func message(_ build: (inout WireWriter) -> Void) -> Bytes {
        var writer = WireWriter()
        build(&writer)
        return writer.bytes
    }
}
