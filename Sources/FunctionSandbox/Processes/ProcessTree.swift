internal import Foundation

/// Finds and ends the processes of instances by what the kernel tells of them in `/proc`.
///
/// A function's process is a session leader, and it and all its children carry the instance's name in their environment. A child that
/// leaves the session and drops the environment is still found by descent while its parent lives; one that outlived its parent by
/// then is beyond what an unconfined node can know.
enum ProcessTree {
    /// The environment variable that names node and instance: `DUET_INSTANCE=<node>.<instance>`.
    static let marker = "DUET_INSTANCE"

    struct Entry: Hashable {
        var processID: Int32
        var parentID: Int32
        var sessionID: Int32
    }

    /// Ends every process that belongs to an instance. Blocks for some milliseconds.
    ///
    /// - Parameters:
    ///   - processID: the session leader that we started; nil after a restart, when nobody remembers.
    ///   - name: the marker's value, or a prefix of it.
    /// - Returns: whether none is left.
    @discardableResult
    static func end(_ processID: Int32?, name: String) -> Bool {
        // Stopped first and killed together: a child whose parent is gone can no longer be found by descent.
        var stopped: Set<Int32> = []
        for _ in 0..<50 {
            let found = members(of: processID, name: name).map(\.processID)
            let new = found.filter { !stopped.contains($0) }
            if new.isEmpty {
                if stopped.isEmpty { return true }
                for member in stopped { kill(member, SIGKILL) }
                stopped = []
                usleep(2_000)
            } else {
                for member in new { kill(member, SIGSTOP) }
                stopped.formUnion(new)
            }
        }
        return false
    }

    static func members(of processID: Int32?, name: String) -> [Entry] {
        let all = entries()
        var found: Set<Int32> = []
        for entry in all where entry.sessionID == processID || entry.processID == processID || carries(name, entry) {
            found.insert(entry.processID)
        }
        // Children of what was found, whatever they did to their session and environment.
        var grew = !found.isEmpty
        while grew {
            grew = false
            for entry in all where found.contains(entry.parentID) && found.insert(entry.processID).inserted {
                grew = true
            }
        }
        return all.filter { found.contains($0.processID) }
    }

    /// The process that started a process, as far as it lives.
    static func parent(of processID: Int32) -> Int32? {
        guard let text = ControlFile.read("/proc/\(processID)/status") else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("PPid:") }
        return line.flatMap { Int32($0.dropFirst(5).trimmingCharacters(in: .whitespaces)) }
    }

    private static func carries(_ name: String, _ entry: Entry) -> Bool {
        guard let environment = FileManager.default.contents(atPath: "/proc/\(entry.processID)/environ") else {
            return false
        }
        let wanted = Array("\(marker)=\(name)".utf8)
        return environment.split(separator: 0).contains { $0.starts(with: wanted) }
    }

    /// Every process that is not a zombie.
    private static func entries() -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []  // no /proc, nothing to see
        return names.compactMap { name in
            guard let processID = Int32(name), let data = FileManager.default.contents(atPath: "/proc/\(name)/stat")
            else { return nil }
            // The command's name stands in parentheses and may hold anything.
            let text = String(decoding: data, as: UTF8.self)
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 3, fields[0] != "Z", fields[0] != "X", let parent = Int32(fields[1]),
                let session = Int32(fields[3])
            else { return nil }
            return Entry(processID: processID, parentID: parent, sessionID: session)
        }
    }
}
