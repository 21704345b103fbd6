/// The acceptance table of the compatible contract. Rows run in order; later ones rely on earlier ones.
extension MarblesTable {
    static let um = united
    static let mm = market

    static let start: [MarblesRow] = [
        .query(1, "read_everything", answers: "{\"owners\":null,\"marbles\":null}"),
        .query(2, "read", "selftest", answers: ""),
        .submit(3, "init", "12345"),
        .query(4, "read", "selftest", answers: "12345"),
        .query(5, "read", "marbles_ui", answers: "4.0.1"),
        .submit(6, "init", "007"),
        .query(7, "read", "selftest", answers: "7"),
        .submit(8, "init", "-5"),
        .query(9, "read", "selftest", answers: "-5"),
        .submit(10, "init", "abc", fails: e14),
        .submit(11, "init", "1.5", fails: e14),
        .submit(12, "init", "9223372036854775808", fails: e14),
        .submit(13, "init", ""),
        .submit(14, "init"),
        .submit(15, "init", "1", "2"),
        .query(16, "read", "selftest", answers: "-5"),
        .query(17, "nosuch", fails: e15("nosuch")),
        .query(18, "", fails: e15("")),
    ]

    static let owners: [MarblesRow] = [
        .submit(19, "init_owner", "o1", "Amy", um),
        .query(20, "read", "o1", answers: owner("o1", "amy", um)),
        .submit(21, "init_owner", "o2", "ALICE", um),
        .submit(22, "init_owner", "o3", "Bob", mm),
        .submit(23, "init_owner", "o1", "zed", mm, fails: e9("o1")),
        .submit(24, "init_owner", "o4", "x", fails: e1("3")),
        .submit(25, "init_owner", "", "x", um, fails: e2(0)),
        .submit(26, "init_owner", "o4", "", um, fails: e2(1)),
        .submit(27, "init_owner", "o4", "x", "", fails: e2(2)),
        .submit(28, "init_owner", "o4", String(repeating: "a", count: 32), um),
        .submit(29, "init_owner", "o5", String(repeating: "a", count: 33), um, fails: e3(1)),
        .submit(30, "init_owner", "o5", String(repeating: "é", count: 16), um),
        .submit(31, "init_owner", "o6", String(repeating: "é", count: 17), um, fails: e3(1)),
        .submit(32, "init_owner", "o7", "弹珠用户甲乙丙丁戊己", um),
        .submit(33, "init_owner", "o8", "弹珠用户甲乙丙丁戊己庚", um, fails: e3(1)),
        .submit(34, "init_owner", "o9", "A<b>&\"c", um),
        .query(35, "read", "o9", answers: owner("o9", "a\\u003cb\\u003e\\u0026\\\"c", um)),
        .submit(36, "init_owner", "oi", "İΣȺÀ", um),
        .query(37, "read", "oi", answers: owner("oi", "iσⱥà", um)),
    ]

    static let creations: [MarblesRow] = [
        .submit(38, "init_marble", "m1", "Blue", "35", "o1", um),
        .query(39, "read", "m1", answers: long("m1", "blue", 35, "o1", "amy", um)),
        .submit(40, "init_marble", "m1", "red", "16", "o1", um, fails: e8("m1")),
        .submit(41, "init_marble", "m2", "red", "16", "o1", mm, fails: e10(mm, um)),
        .submit(42, "init_marble", "m2", "red", "16", "nobody", um, fails: e5("nobody")),
        .submit(43, "init_marble", "m2", "red", "big", "o1", um, fails: e4),
        .submit(44, "init_marble", "m2", "red", "3.5", "o1", um, fails: e4),
        .submit(45, "init_marble", "m2", "red", " 1", "o1", um, fails: e4),
        .submit(46, "init_marble", "m2", "red", "0x10", "o1", um, fails: e4),
        .submit(47, "init_marble", "m2", "red", "1_0", "o1", um, fails: e4),
        .submit(48, "init_marble", "m2", "red", "", "o1", um, fails: e2(2)),
        .submit(49, "init_marble", "m2", "red", "16", "o1", fails: e1("5")),
        .submit(50, "init_marble", "m2", "red", "big", "nobody", mm, fails: e4),
        .submit(51, "init_marble", "m2", "red", "16", "nobody", mm, fails: e5("nobody")),
        .submit(52, "init_marble", "m1", "red", "16", "o1", mm, fails: e10(mm, um)),
        .submit(53, "init_marble", "m2", "red", "+016", "o1", um),
        .query(54, "read", "m2", answers: long("m2", "red", 16, "o1", "amy", um)),
        .submit(55, "init_marble", "m3", "red", "-1", "o3", mm),
        .submit(56, "init_marble", "m4", "NotAColour", "999999", "o3", mm),
        .submit(57, "init_marble", "o1", "red", "16", "o2", um, fails: e8("o1")),
        .submit(58, "init_marble", "m7", "red", "16", "m1", um, fails: "Owner does not exist - m1, '' ''"),
        .submit(59, "init_marble", "mb", "r\"x", "1", "o1", um),
        .submit(60, "set_owner", "mb", "o2", um, fails: e12(um, "")),
        .submit(61, "init_marble", "mb", "green", "1", "o1", um),
    ]

    static let transfers: [MarblesRow] = [
        .submit(62, "set_owner", "m1", "o2", um),
        .query(63, "read", "m1", answers: short("m1", "blue", 35, "o2", "alice", um)),
        .submit(64, "set_owner", "m1", "o3", um),
        .submit(65, "set_owner", "m1", "o1", um, fails: e12(um, mm)),
        .submit(66, "set_owner", "m1", "o1", mm),
        .submit(67, "set_owner", "m1", "o1", um),
        .submit(68, "set_owner", "m1", "nobody", um, fails: e6("nobody")),
        .submit(69, "set_owner", "nomarble", "o2", um, fails: e12(um, "")),
        .submit(70, "set_owner", "nomarble", "nobody", um, fails: e6("nobody")),
        .submit(71, "set_owner", "m1", "o2", fails: e1("3")),
        .submit(72, "set_owner", "o1", "o2", um, fails: e12(um, "")),
        .submit(73, "init_marble", "mx", "a\\u0041", "1", "o1", um),
        .submit(74, "set_owner", "mx", "o2", um),
        .query(75, "read", "mx", answers: short("mx", "aA", 1, "o2", "alice", um)),
    ]

    static let endings: [MarblesRow] = [
        .submit(76, "disable_owner", "o2", mm, fails: e13(mm)),
        .submit(77, "disable_owner", "nobody", um, fails: e6("nobody")),
        .submit(78, "disable_owner", "o2", fails: e1("2")),
        .submit(79, "disable_owner", "o2", um),
        .query(80, "read", "o2", answers: owner("o2", "alice", um, enabled: false)),
        .submit(81, "disable_owner", "o2", um),
        .submit(82, "init_owner", "o2", "alice", um, fails: e9("o2")),
        .submit(83, "init_marble", "m9", "white", "35", "o2", um),
        .submit(84, "set_owner", "m2", "o2", um),
        .submit(85, "delete_marble", "m1", mm, fails: e11(mm, um)),
        .submit(86, "delete_marble", "nomarble", um, fails: e7("nomarble")),
        .submit(87, "delete_marble", "m1", fails: e1("2")),
        .submit(88, "delete_marble", "m1", "", fails: e2(1)),
        .submit(89, "delete_marble", "m1", um),
        .query(90, "read", "m1", answers: ""),
        .submit(91, "delete_marble", "m1", um, fails: e7("m1")),
        .submit(92, "init_marble", "m1", "pink", "16", "o1", um),
        .submit(93, "delete_marble", "o1", um, fails: e11(um, "")),
    ]

    static let lists: [MarblesRow] = [
        .query(95, "getHistory", "nokey", answers: "null"),
        .query(96, "getHistory", "", answers: "null"),
        .query(97, "getHistory", fails: e1("1")),
        .query(98, "getHistory", "a", "b", fails: e1("1")),
        .query(
            101, "getMarblesByRange", "m1", "m3",
            answers: "[{\"Key\":\"m1\", \"Record\":\(long("m1", "pink", 16, "o1", "amy", um))},"
                + "{\"Key\":\"m2\", \"Record\":\(short("m2", "red", 16, "o2", "alice", um))}]"),
        .query(102, "getMarblesByRange", "m3", "m1", answers: "[]"),
        .query(103, "getMarblesByRange", "a", "b", answers: "[]"),
        .query(104, "getMarblesByRange", "m1", fails: e1("2")),
        .query(105, "getMarblesByRange", "\0a", "z", fails: e16("\0a")),
        .query(
            106, "getMarblesByRange", "marbles", "marblet", answers: "[{\"Key\":\"marbles_ui\", \"Record\":4.0.1}]"),
        .query(
            107, "read_everything",
            answers: "{\"owners\":["
                + [
                    owner("o1", "amy", um), owner("o3", "bob", mm),
                    owner("o4", String(repeating: "a", count: 32), um),
                    owner("o5", String(repeating: "é", count: 16), um),
                    owner("o7", "弹珠用户甲乙丙丁戊己", um), owner("o9", "a\\u003cb\\u003e\\u0026\\\"c", um),
                ].joined(separator: ",") + "],\"marbles\":["
                + [
                    short("m1", "pink", 16, "o1", "amy", um), short("m2", "red", 16, "o2", "alice", um),
                    short("m3", "red", -1, "o3", "bob", mm), short("m4", "notacolour", 999_999, "o3", "bob", mm),
                    short("m9", "white", 35, "o2", "alice", um),
                ].joined(separator: ",") + "]}"),
    ]

    static let generic: [MarblesRow] = [
        .submit(108, "write", "abc", "test"),
        .query(109, "read", "abc", answers: "test"),
        .submit(110, "write", "abc", fails: e1("2. key of the variable and value to set")),
        .submit(111, "write", "", "x", fails: e2(0)),
        .submit(112, "write", "abc", "", fails: e2(1)),
        .submit(113, "write", "abc", String(repeating: "x", count: 33), fails: e3(1)),
        .query(114, "read", fails: e1("key of the var to query")),
        .query(115, "read", "a", "b", fails: e1("key of the var to query")),
        .query(116, "read", "", fails: e2(0)),
        .query(117, "read", String(repeating: "k", count: 33), fails: e3(0)),
        .submit(118, "write", "ov", "{\"username\":\"x\",\"enabled\":true}"),
        .submit(119, "set_owner", "m3", "ov", mm),
        .query(120, "read", "m3", answers: short("m3", "red", -1, "ov", "x", "")),
        .submit(121, "write", "mk1", "{\"ID\":\"mk1\"}"),
        .submit(122, "init_marble", "mk1", "red", "1", "o1", um, fails: e8("mk1")),
        .submit(123, "write", "mk2", "{\"id\":\"mk2\",\"size\":\"x\"}"),
        .submit(124, "init_marble", "mk2", "red", "1", "o1", um, fails: e8("mk2")),
        .submit(125, "write", "mk4", "{\"id\":\"mk4\"} x"),
        .submit(126, "init_marble", "mk4", "red", "1", "o1", um),
        .submit(127, "write", "mk8", "{\"id\":\"zz\",\"id\":\"mk8\"}"),
        .submit(128, "init_marble", "mk8", "red", "1", "o1", um, fails: e8("mk8")),
        .submit(129, "init_owner", "m4", "eve", um),
        .query(130, "read", "m4", answers: owner("m4", "eve", um)),
        .submit(131, "init_marble", "m6", "\",\"id\":\"zz", "1", "o1", um),
        .submit(132, "delete_marble", "m6", um, fails: e7("m6")),
        .submit(133, "set_owner", "m6", "o1", um),
        .query(134, "read", "m6", answers: short("zz", "", 1, "o1", "amy", um)),
    ]

    /// Before the histories are looked at.
    static let beforeHistory = start + owners + creations + transfers + endings
    static let afterHistory = lists + generic
}
