import Foundation
import Testing

@testable import FunctionSandbox

/// A folder that looks as the kernel's does, since a machine has one version only.
private struct ControlFolder {
    let root = FileManager.default.temporaryDirectory.appending(path: "cgroup-\(UUID().uuidString)").path()

    func put(_ text: String, _ path: String) throws {
        let url = URL(filePath: "\(root)/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func text(_ path: String) -> String? { ControlFile.read("\(root)/\(path)") }

    func remove() { try? FileManager.default.removeItem(atPath: root) }
}

@Suite("Control groups")
struct CgroupTests {
    @Test("the own group is found by its controller")
    func membership() {
        let text = "9:name=systemd:/\n8:cpu,memory:/a/b\n7:pids:/\n0::/c\n"
        #expect(CgroupTree.path(of: "memory", in: text) == "/a/b")
        #expect(CgroupTree.path(of: "pids", in: text) == "")
        #expect(CgroupTree.path(of: nil, in: text) == "/c")
        #expect(CgroupTree.path(of: "freezer", in: text) == nil)
    }

    @Test("version 2 is told limits and asked for what is held")
    func versionTwo() throws {
        let folder = ControlFolder()
        defer { folder.remove() }
        for name in ["memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cgroup.procs"] {
            try folder.put("", "g/\(name)")
        }
        let group = Cgroup(version: .two, folders: [folder.root + "/g"])
        #expect(group.make())
        group.set(InstanceLimits(memoryMegabytes: 128))
        #expect(folder.text("g/memory.max") == "\((128 + 512) << 20)")
        #expect(folder.text("g/memory.swap.max") == "0")
        #expect(folder.text("g/memory.oom.group") == "1")
        #expect(folder.text("g/pids.max") == "1024")
        try folder.put("anon 12345\nfile 99\n", "g/memory.stat")
        try folder.put("low 0\noom 3\noom_kill 2\n", "g/memory.events")
        try folder.put("7\n", "g/pids.current")
        try folder.put("888\n", "g/memory.peak")
        #expect(
            group.measure() == InstanceUsage(memoryByteCount: 12345, processCount: 7, wasKilledByKernel: true))
        #expect(group.memoryByteCountPeak == 888)
    }

    @Test("version 1 is told limits and asked for what is held")
    func versionOne() throws {
        let folder = ControlFolder()
        defer { folder.remove() }
        for name in ["memory/g/memory.limit_in_bytes", "pids/g/pids.max"] { try folder.put("", name) }
        let group = Cgroup(version: .one, folders: [folder.root + "/memory/g", folder.root + "/pids/g"])
        #expect(group.make())
        group.set(InstanceLimits(memoryMegabytes: 256))
        #expect(folder.text("memory/g/memory.limit_in_bytes") == "\((256 + 512) << 20)")
        #expect(folder.text("pids/g/pids.max") == "1024")
        try folder.put("cache 5\nrss 1\ntotal_rss 54321\n", "memory/g/memory.stat")
        try folder.put("oom_kill_disable 0\nunder_oom 0\noom_kill 0\n", "memory/g/memory.oom_control")
        try folder.put("3\n", "pids/g/pids.current")
        #expect(
            group.measure() == InstanceUsage(memoryByteCount: 54321, processCount: 3, wasKilledByKernel: false))
    }

    @Test("where no group can be made there is none")
    func nowhere() throws {
        let folder = ControlFolder()
        defer { folder.remove() }
        try folder.put("", "cgroup.controllers")
        try folder.put("", "cgroup.subtree_control")
        // Groups show no limits here, since no kernel makes them.
        #expect(CgroupTree.establish(nodeName: "n", root: folder.root, membership: "0::/\n", isRoot: true) == nil)
        #expect(!FileManager.default.fileExists(atPath: folder.root + "/duet-n"))
        #expect(CgroupTree.establish(nodeName: "n", root: folder.root, membership: "", isRoot: false) == nil)
    }
}
