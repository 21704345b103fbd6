internal import Foundation
internal import FunctionSandbox

/// Whether the kernel can hold a function to its memory and process limits: makes a group as a node does at its start.
enum CgroupProbe {
    static func check() -> Check {
        if let tree = CgroupTree.establish(nodeName: "doctor-\(getpid())") {
            tree.remove()
            return .ok("sandbox.cgroup", "cgroups", found: "\(tree.summary), the kernel holds the limits")
        }
        let version = CgroupTree.kernelVersion == .two ? "v2" : "v1"
        return .lack(
            .limited, "sandbox.cgroup", "cgroups", found: "\(version), no group can be made",
            consequence:
                "A function's memory and processes are counted many times a second, and it is ended when above its limit.",
            remedy: "Start Duet as root where the kernel is to hold the limits; in a container the host must allow it.")
    }
}
