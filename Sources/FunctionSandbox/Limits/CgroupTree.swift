internal import Foundation

/// Where the kernel lets this process make groups with limits of their own, in version 2 of its control groups or in version 1.
package struct CgroupTree: Sendable, Hashable {
    package enum Version: Sendable, Hashable {
        case one
        case two
    }

    package let version: Version
    /// The folders that hold the groups of this node's instances: one in version 2; memory, then processes in version 1.
    let folders: [String]
    /// Tells the groups of this run from those that an earlier one left.
    private let run = String(UInt32.random(in: 0...UInt32.max), radix: 36)

    private static let systemRoot = "/sys/fs/cgroup"

    /// Finds a place, and makes a folder for this node there.
    ///
    /// - Parameters:
    ///   - nodeName: names the folder.
    ///   - membership: the text of `/proc/self/cgroup`.
    /// - Returns: nil where none can be made; then limits are held by looking now and then.
    package static func establish(
        nodeName: String, root: String = systemRoot, membership: String? = nil, isRoot: Bool = geteuid() == 0
    ) -> CgroupTree? {
        let membership =
            membership
            ?? FileManager.default.contents(atPath: "/proc/self/cgroup").map { String(decoding: $0, as: UTF8.self) }
            ?? ""
        let name = "duet-\(nodeName)"
        let isVersionTwo = FileManager.default.fileExists(atPath: root + "/cgroup.controllers")
        let places: [[String]]
        if isVersionTwo {
            // A group that holds processes passes no limits on, so that our own is of use only to the system's first process;
            // root makes its groups beside the system's.
            let own = path(of: nil, in: membership).map { root + $0 }
            places = (isRoot ? [root] : []).map { [$0] } + (own.map { [[$0]] } ?? [])
        } else {
            let controllers = ["memory", "pids"]
            let own = controllers.compactMap { (controller: String) -> String? in
                path(of: controller, in: membership).map { "\(root)/\(controller)\($0)" }
            }
            places = own.count == controllers.count ? [own] : []
        }
        for place in places {
            let tree = CgroupTree(version: isVersionTwo ? .two : .one, folders: place.map { "\($0)/\(name)" })
            if tree.make() { return tree }
        }
        return nil
    }

    /// The path of this process's group under `controller`; nil stands for the one tree of version 2.
    static func path(of controller: String?, in membership: String) -> String? {
        for line in membership.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isMatch =
                controller.map { wanted in parts[1].split(separator: ",").contains { $0 == wanted } }
                ?? parts[1].isEmpty
            if isMatch { return parts[2] == "/" ? "" : String(parts[2]) }
        }
        return nil
    }

    private func make() -> Bool {
        for folder in folders where mkdir(folder, 0o755) != 0 && errno != EEXIST { return false }
        if version == .two {
            let parent = URL(fileURLWithPath: folders[0]).deletingLastPathComponent().path
            for folder in [parent, folders[0]]
            where !ControlFile.write("+memory +pids", to: folder + "/cgroup.subtree_control") {
                remove()
                return false
            }
        }
        // A group that shows no limits, since its controller is not there, is of no use.
        guard let trial = makeGroup("trial") else {
            remove()
            return false
        }
        trial.remove()
        return true
    }

    /// A new group; nil if it cannot be made.
    func makeGroup(_ name: String) -> Cgroup? {
        let group = Cgroup(version: version, folders: folders.map { "\($0)/\(run).\(name)" })
        return group.make() ? group : nil
    }

    /// Removes what an earlier run left. Groups with processes stay.
    func removeStale() {
        remove { !$0.hasPrefix("\(run).") }
    }

    /// Removes everything once no process is left.
    package func remove() {
        remove { _ in true }
        for folder in folders { rmdir(folder) }
    }

    private func remove(where isUnwanted: (String) -> Bool) {
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            // Refused for what is no group.
            for name in names where isUnwanted(name) { rmdir("\(folder)/\(name)") }
        }
    }

    /// What the kernel offers, whether or not this process may use it.
    package static var kernelVersion: Version {
        FileManager.default.fileExists(atPath: systemRoot + "/cgroup.controllers") ? .two : .one
    }

    package var summary: String { version == .two ? "cgroups v2" : "cgroups v1" }
}

/// Files of the kernel, which take and give a few words at once.
enum ControlFile {
    static func write(_ text: String, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Array(text.utf8).withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) == $0.count }
    }

    /// At most 64 KiB; nil if there is no such file.
    static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 16 {
            let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func number(_ path: String) -> Int? {
        read(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// The number behind `name` in a file of lines `name number`.
    static func number(_ name: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2, parts[0] == name { return Int(parts[1]) }
        }
        return nil
    }
}
