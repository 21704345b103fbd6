import FunctionTypes
import Testing

@Suite("Names")
struct NameTests {
    @Test("names within the rule are taken", arguments: ["a", "_", "A-b_9", String(repeating: "x", count: 128)])
    func accepts(text: String) throws {
        #expect(try FunctionName(validating: text).rawValue == text)
    }

    @Test(
        "names beyond the rule are refused",
        arguments: ["", "9a", "-a", "a.b", "a b", "é", String(repeating: "x", count: 129)])
    func refuses(text: String) {
        #expect(throws: InvalidResourceName.self) { try ServiceName(validating: text) }
    }

    @Test("organisations and domains may have dots")
    func dots() throws {
        #expect(try OrganizationName(validating: "org1.example.com").rawValue == "org1.example.com")
        #expect(try CustomDomainName(validating: "Shop.Example").rawValue == "shop.example")
        #expect(throws: InvalidResourceName.self) { try CustomDomainName(validating: "a..b") }
    }

    @Test("an alias is neither LATEST nor a number")
    func aliases() throws {
        #expect(throws: InvalidResourceName.self) { try AliasName(validating: "LATEST") }
        #expect(try AliasName(validating: "prod").rawValue == "prod")
    }

    @Test("a qualifier is LATEST, a version or an alias")
    func qualifiers() throws {
        #expect(try Qualifier(validating: "LATEST") == .latest)
        #expect(try Qualifier(validating: "12") == .version(VersionID(12)))
        #expect(try Qualifier(validating: "prod").description == "prod")
        #expect(throws: InvalidResourceName.self) { try Qualifier(validating: "012") }
    }
}

@Suite("Times")
struct TimeTests {
    @Test(
        "civil times and seconds agree",
        arguments: [
            (0, "1970-01-01T00:00:00Z", 4), (1_518_155_340, "2018-02-09T05:49:00Z", 5),
            (951_782_400, "2000-02-29T00:00:00Z", 2),
            (-1, "1969-12-31T23:59:59Z", 3), (4_107_542_400, "2100-03-01T00:00:00Z", 1),
        ])
    func civil(seconds: Int64, text: String, weekday: Int) {
        let civil = CivilTime(secondsSince1970: seconds)
        #expect(Timestamp(seconds: seconds).iso8601 == text)
        #expect(civil.secondsSince1970 == seconds)
        #expect(civil.weekday == weekday)
    }

    @Test("milliseconds are written with three digits, before 1970 too")
    func milliseconds() {
        #expect(Timestamp(milliseconds: 1_007).iso8601Milliseconds == "1970-01-01T00:00:01.007Z")
        #expect(Timestamp(milliseconds: -1).iso8601Milliseconds == "1969-12-31T23:59:59.999Z")
    }
}
