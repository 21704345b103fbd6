import FabricTypes
import Foundation
import FunctionTypes
import GoldenLedger
import HTTPTypes
import Testing

@testable import NodeHTTP

@Suite("JSON API of the network")
struct NetworkAPITests {
    private func world() async throws -> NetworkWorld { try await NetworkWorld.shared.value }

    @Test("the network, its organisations and its channels are described")
    func network() async throws {
        let world = try await world()
        let network = try await world.call("/api/network").json
        #expect(network["name"]?.stringValue == "recorded")
        #expect(network["channels"]?.arrayValue == ["trade"])
        let organizations = try await world.call("/api/organizations").list
        #expect(organizations.compactMap { $0["mspId"]?.stringValue } == ["AlderMSP"])

        let channels = try await world.call("/api/channels").list
        #expect(channels.count == 1)
        let channel = try await world.call("/api/channels/trade").json
        #expect(channel == channels.first)
        #expect(channel["height"]?.integerValue == 110)
        #expect(channel["configBlock"]?.integerValue == 98)
        #expect(channel["organizations"]?.arrayValue == ["AlderMSP", "BirchMSP", "CedarMSP"])
        let hash = try GoldenFiles.trade.json("expected/blocks.json").array[109]["headerHash"].string
        #expect(channel["currentBlockHash"]?.stringValue == hash)
    }

    @Test("every recorded transaction is told with its recorded code, creator and function")
    func transactions() async throws {
        let world = try await world()
        for expected in try GoldenFiles.trade.json("expected/blocks.json").array {
            let number = try expected["number"].integer
            let block = try await world.call("/api/channels/trade/blocks/\(number)").json
            let told = try #require(block["transactions"]?.arrayValue)
            let recorded = try expected["transactions"].array
            #expect(told.count == recorded.count)
            for (told, recorded) in zip(told, recorded) {
                let (code, index) = (try recorded["codeName"].string, try recorded["index"].integer)
                #expect(told["code"]?.stringValue == code, "block \(number)")
                #expect(told["index"]?.integerValue == index)
                guard code == "VALID", !recorded["function"].isNull else { continue }
                let (creator, function) = (try recorded["creator"].string, try recorded["function"].string)
                #expect(told["creator"]?["name"]?.stringValue == creator)
                #expect(told["function"]?.stringValue == function)
            }
        }
    }

    @Test("blocks are listed in pages, and found by number, hash and as the newest")
    func blocks() async throws {
        let world = try await world()
        for (query, numbers) in [
            ("?limit=3", [109, 108, 107]), ("?from=2&limit=5", [2, 1, 0]), ("?order=oldest&limit=2", [0, 1]),
            ("?order=oldest&from=108&limit=5", [108, 109]), ("?order=oldest&from=500", []),
            ("?from=9223372036854775807&limit=1", [109]), ("?order=oldest&from=9223372036854775807", []),
        ] as [(String, [Int64])] {
            let list = try await world.call("/api/channels/trade/blocks\(query)").list
            #expect(list.compactMap { $0["number"]?.integerValue } == numbers, "\(query)")
        }
        let newest = try await world.call("/api/channels/trade/blocks/newest").json
        let hash = try #require(newest["hash"]?.stringValue)
        let found = try await world.call("/api/channels/trade/blocks/\(hash)").json
        #expect(found == newest)
        for bad in ["110", "abc", String(repeating: "0", count: 64), "-1", "18446744073709551616"] {
            let answer = try await world.call("/api/channels/trade/blocks/\(bad)")
            #expect(answer.status == 404)
            #expect(answer.code == "BlockNotFound")
        }
        for bad in ["limit=101", "limit=0", "order=sideways", "from=-1"] {
            let answer = try await world.call("/api/channels/trade/blocks?\(bad)")
            #expect(answer.status == 400)
        }
    }

    @Test("a conflict names the key and the transaction that won, a policy failure the organisations that were missing")
    func explanations() async throws {
        let world = try await world()
        var (conflictCount, winnerCount, missingCount) = (0, 0, 0)
        for block in try GoldenFiles.trade.json("expected/blocks.json").array {
            let number = try block["number"].integer
            for (index, recorded) in try block["transactions"].array.enumerated() {
                let code = try recorded["code"].integer
                guard code != 0 else { continue }
                let told = try await world.call("/api/channels/trade/transactions/\(number):\(index)").json
                let explanation = try #require(told["explanation"], "\(number):\(index)")
                #expect(explanation["message"]?.stringValue?.isEmpty == false, "\(number):\(index)")
                if code == 11 || code == 12 {
                    conflictCount += 1
                    let conflict = try #require(explanation["conflict"], "\(number):\(index)")
                    if code == 11 { #expect(conflict["key"] != nil || conflict["keyHash"] != nil) }
                    if conflict["winner"]?["transaction"]?.stringValue != nil { winnerCount += 1 }
                }
                if code == 10, explanation["missingOrganizations"] != nil { missingCount += 1 }
            }
        }
        #expect(conflictCount == 149)
        #expect(winnerCount > 100)
        #expect(missingCount > 20)
    }

    @Test("a transaction is found by its id, with what it read and wrote")
    func transaction() async throws {
        let world = try await world()
        let id = try GoldenFiles.trade.json("expected/blocks.json").array[10]["transactions"].array[0]["txid"].string

        let told = try await world.call("/api/channels/trade/transactions/\(id)").json

        #expect(told["block"]?.integerValue == 10)
        #expect(told["transaction"]?.stringValue == id)
        #expect(told["isValid"]?.boolValue == true)
        let arguments = told["arguments"]?.arrayValue?.compactMap { $0["value"]?.stringValue }
        #expect(arguments == ["a", "one", "b", "two", "c", "three"])
        let writes = told["writes"]?.arrayValue?.compactMap { $0["key"]?.stringValue }
        #expect(writes == ["a", "b", "c"])
        #expect(told["endorsers"]?.arrayValue?.count == 2)
        #expect(told["explanation"] == nil)
        for bad in ["nowhere", "10:999999", "999999:0", ":", "1:2:3"] {
            let answer = try await world.call("/api/channels/trade/transactions/\(bad)")
            #expect(answer.status == 404, "\(bad)")
        }
    }

    @Test("definitions are told with their policies")
    func definitions() async throws {
        let world = try await world()
        let definitions = try await world.call("/api/channels/trade/definitions").list
        #expect(definitions.compactMap { $0["name"]?.stringValue } == ["goods", "notes", "panel", "pool", "vault"])
        let goods = try await world.call("/api/channels/trade/definitions/goods").json
        #expect(goods["sequence"]?.integerValue == 2)
        #expect(goods["endorsementPolicy"]?.stringValue == "AND('AlderMSP.peer', 'BirchMSP.peer')")
        let pool = try await world.call("/api/channels/trade/definitions/pool").json
        #expect(pool["endorsementPolicy"]?.stringValue?.hasPrefix("/Channel/Application/Endorsement: ") == true)
        let none = try await world.call("/api/channels/trade/definitions/none")
        #expect(none.code == "DefinitionNotFound")
    }

    @Test("a caller sees what the peers of its own organisation have joined, and nothing else")
    func organizations() async throws {
        let world = try await world()
        let stranger = try await world.call("/api/channels", key: NetworkWorld.strangerKey)
        #expect(stranger.list.isEmpty)
        let refused = try await world.call("/api/channels/trade/blocks/0", key: NetworkWorld.strangerKey)
        #expect(refused.code == "ChannelNotFound")
        // A key cannot choose another organisation; a call on loopback without one can.
        let chosen = try await world.call("/api/channels?organization=AlderMSP", key: NetworkWorld.strangerKey)
        #expect(chosen.list.isEmpty)
        let anonymousStranger = try await world.call("/api/channels?organization=BirchMSP", key: nil)
        #expect(anonymousStranger.list.isEmpty)
        let anonymous = try await world.call("/api/channels", key: nil)
        #expect(anonymous.list.count == 1)
    }

    @Test("connection profiles are given to organisations with peers here, in the style asked for")
    func connections() async throws {
        let world = try await NetworkWorld(blocks: 1)
        let usual = try await world.call("/api/network/connection")
        #expect(usual.json["name"] == "common")
        let other = try await world.call("/api/network/connection?style=fabric-sdk-py")
        #expect(other.json["name"] == "fabric-sdk-py")
        let unknown = try await world.call("/api/network/connection?style=nice")
        #expect(unknown.status == 400)
        let stranger = try await world.call("/api/network/connection", key: NetworkWorld.strangerKey)
        #expect(stranger.status == 404)
        let network = try await world.call("/api/network")
        #expect(network.json["connectionsFolder"] == "/connections")
    }

    @Test("identities are listed, and made by admins")
    func identities() async throws {
        let world = try await NetworkWorld(blocks: 1)
        let none = try await world.call("/api/identities")
        #expect(none.list.isEmpty)
        let made = try await world.call(
            "/api/identities", method: .post, body: #"{"name": "User9", "role": "client"}"#)
        #expect(made.status == 200)
        #expect(made.json["mspFolder"]?.stringValue == "/keys/User9")
        #expect(made.json["expiresAt"]?.stringValue?.hasPrefix("2033-05-18T03:33:20") == true)
        let listed = try await world.call("/api/identities")
        #expect(listed.list == [made.json])
        let again = try await world.call("/api/identities", method: .post, body: #"{"name": "User9"}"#)
        #expect(again.status == 409)
        let rich = try await world.call(
            "/api/identities", method: .post,
            body: #"{"name": "User7", "units": ["sales"], "attributes": {"grade": "3"}, "validDays": 2}"#)
        #expect(rich.json["units"]?.arrayValue == ["sales"])
        #expect(rich.json["attributes"]?["grade"] == "3")
        #expect(rich.json["expiresAt"]?.stringValue?.hasPrefix("1970-01-03T00:00:00") == true)
        for body in [
            "{}", #"{"name": "User8", "role": "king"}"#, #"{"name": "User8", "units": "sales"}"#,
            #"{"name": "User8", "units": [1]}"#, #"{"name": "User8", "attributes": ["grade"]}"#,
            #"{"name": "User8", "attributes": {"grade": 3}}"#, #"{"name": "User8", "validDays": 0}"#,
            #"{"name": "User8", "validDays": 9223372036854775807}"#, #"{"name": "User8", "validDays": "1"}"#,
        ] {
            let answer = try await world.call("/api/identities", method: .post, body: body)
            #expect(answer.status == 400)
        }
        let reader = try await world.call(
            "/api/identities", method: .post, key: NetworkWorld.readerKey, body: #"{"name": "User8"}"#)
        #expect(reader.status == 403)
    }

    @Test("a peer's heights are told, a block's time, and who approved a definition")
    func figures() async throws {
        let world = try await world()
        let peer = try #require(try await world.call("/api/network").json["organizations"]?.arrayValue?.first)["peers"]
        #expect(peer?.arrayValue?.first?["heights"]?["trade"]?.integerValue == 110)
        let blocks = try await world.call("/api/channels/trade/blocks?limit=5").list
        let transactions = try await world.call("/api/channels/trade/blocks/109").json["transactions"]?.arrayValue
        #expect(blocks.first?["time"] == transactions?.first?["time"])
        #expect(blocks.first?["time"]?.stringValue?.hasSuffix("Z") == true)
        let definitions = try await world.call("/api/channels/trade/definitions").list
        let approvals = definitions.compactMap { $0["approvals"]?.objectValue }
        #expect(approvals.count == definitions.count)
        for approval in approvals {
            #expect(Set(approval.keys) == ["AlderMSP", "BirchMSP", "CedarMSP"])
            // A majority has to approve before a definition is committed.
            #expect(approval.values.count { $0.boolValue == true } >= 2)
        }
    }

    @Test("certificates of creator and endorsers can be read")
    func certificates() async throws {
        let world = try await world()
        let transaction = try await world.call("/api/channels/trade/transactions/109:0").json
        let creator = try #require(transaction["creator"]?["certificate"])
        #expect(creator["pem"]?.stringValue?.hasPrefix("-----BEGIN CERTIFICATE-----") == true)
        #expect(creator["subject"]?.stringValue?.contains(transaction["creator"]?["name"]?.stringValue ?? "?") == true)
        #expect((creator["notBefore"]?.stringValue ?? "~") < (creator["notAfter"]?.stringValue ?? ""))
        for endorser in transaction["endorsers"]?.arrayValue ?? [] {
            #expect(endorser["certificate"]?["issuer"]?.stringValue?.isEmpty == false)
        }
    }

    @Test("a contract's keys are listed in pages, each with the transaction that wrote it last")
    func state() async throws {
        let world = try await world()
        let contract = try await contractWithKeys(world)
        let all = try await world.call("/api/channels/trade/state/\(contract)?limit=200").list
        #expect(all.count > 2)
        var paged: [FunctionTypes.JSONValue] = []
        var after = ""
        while true {
            let page = try await world.call("/api/channels/trade/state/\(contract)?limit=30\(after)").list
            paged += page
            guard page.count == 30, let last = page.last else { break }
            after = Self.query("after", last)
        }
        #expect(Array(paged.prefix(200)) == all)
        #expect(paged.count > 30)
        // An empty key is a key: what comes behind it is not the beginning again.
        #expect(try await world.call("/api/channels/trade/state/\(contract)?limit=200&after=").list.first == paged[1])

        let key = try #require(all.last { $0["key"]?.stringValue?.isEmpty == false }?["key"]?.stringValue)
        let prefix = String(key.prefix(1))
        let found = try await world.call(
            "/api/channels/trade/state/\(contract)?limit=200" + Self.query("prefix", ["prefix": .string(prefix)])
        ).list
        #expect(!found.isEmpty)
        #expect(found == Array(paged.filter { $0["key"]?.stringValue?.hasPrefix(prefix) == true }.prefix(200)))
        #expect(try await world.call("/api/channels/trade/state/nothing").list.isEmpty)
        #expect(try await world.call("/api/channels/trade/state/\(contract)?limit=201").status == 400)
        #expect(try await world.call("/api/channels/trade/state/\(contract)?prefixBase64=%21").status == 400)
    }

    @Test("a key's history begins with what it holds now, and each write stands in its transaction")
    func history() async throws {
        let world = try await world()
        let contract = try await contractWithKeys(world)
        let rows = try await world.call("/api/channels/trade/state/\(contract)?limit=200").list
        // All of them would take long, the ways of their keys differ at the beginning.
        for row in rows.prefix(20) + rows.suffix(5) {
            let key = Self.query("key", row)
            let writes = try await world.call("/api/channels/trade/history/\(contract)?limit=200\(key)").list
            let newest = try #require(writes.first)
            #expect(newest["block"] == row["version"]?["block"] && newest["index"] == row["version"]?["index"])
            #expect(newest["value"] == row["value"])
            for write in writes {
                let transaction = try await world.call(
                    "/api/channels/trade/transactions/\(write["transaction"]?.stringValue ?? "")"
                ).json
                #expect(transaction["block"] == write["block"])
                #expect(transaction["isValid"] == true)
                let own = transaction["writes"]?.arrayValue?.last {
                    $0["key"] == row["key"] && $0["namespace"]?.stringValue == contract
                }
                #expect(own?["value"] == write["value"])
            }
        }
        #expect(try await world.call("/api/channels/trade/history/\(contract)").status == 400)
        #expect(try await world.call("/api/channels/trade/history/\(contract)?key=a&before=x").status == 400)
        #expect(try await world.call("/api/channels/trade/history/\(contract)?key=nobody-wrote-this").list.isEmpty)
    }

    @Test("histories are the recorded ones, in pages too")
    func recordedHistory() async throws {
        let world = try await world()
        let recorded = try GoldenFiles.trade.json("expected/history.json")["goods"].object
        let often = try recorded.filter { try $0.value.array.count > 1 }
        #expect(often.count > 3)
        for (digits, places) in often {
            let key = try #require(Bytes(hex: digits))
            let query = "keyBase64=" + Data(key.array).base64EncodedString().replacing("+", with: "%2B")
            let writes = try await world.call("/api/channels/trade/history/goods?limit=200&\(query)").list
            let told = writes.map { write in
                [write["block"], write["index"]].map { "\($0?.integerValue ?? -1)" }.joined(separator: ":")
            }
            let expected = try places.array.map { place in
                try place.array.map { try String($0.integer) }.joined(separator: ":")
            }
            #expect(told == Array(expected.reversed()), "\(digits)")
            let older = try await world.call(
                "/api/channels/trade/history/goods?limit=200&\(query)&before=\(expected.last ?? "")"
            ).list
            #expect(older == Array(writes.dropFirst()), "\(digits)")
        }
    }

    /// A recorded contract whose keys are more than two.
    private func contractWithKeys(_ world: NetworkWorld) async throws -> String {
        for definition in try await world.call("/api/channels/trade/definitions").list {
            guard let name = definition["name"]?.stringValue else { continue }
            if try await world.call("/api/channels/trade/state/\(name)").list.count > 2 { return name }
        }
        throw APIError.invalid("No recorded contract has keys.")
    }

    /// A member of a row as a parameter, whatever its bytes are.
    private static func query(_ name: String, _ row: FunctionTypes.JSONValue) -> String {
        let member = name == "after" ? "key" : name
        if let text = row[member]?.stringValue {
            let digits = text.utf8.map { byte in
                "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
            return "&\(name)=" + digits.joined()
        }
        let text = (row["\(member)Base64"]?.stringValue ?? "").replacing("+", with: "%2B")
        return "&\(name)Base64=\(text)"
    }
}
