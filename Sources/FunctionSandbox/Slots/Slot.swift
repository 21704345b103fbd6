internal import Foundation
internal import FunctionCore
internal import FunctionTypes
internal import NIOCore
internal import Synchronization

/// A sandbox that waits for a function: its relay runs, and its runtime where the shape names one.
final class Slot: Sendable {
    let id: String
    let shape: SlotShape
    let process: SandboxProcess
    let relay: RelayConnection
    /// To our bootstrap, or to an executable that speaks as one.
    let connection: InstanceConnection
    let output: InstanceOutput
    let network: SandboxNetwork?
    /// The folders as the node sees them, and as the function does.
    let own: Folders
    let visible: Folders
    /// How the node speaks with the function that is in it.
    let link = Mutex<(any RuntimeLink)?>(nil)
    /// What the runtime must have in its environment to find the node.
    let environment: [String: String]

    struct Folders: Sendable {
        var code: String
        var sockets: String
        var bootstraps: String
        var temporary: String
    }

    init(
        id: String, shape: SlotShape, process: SandboxProcess, relay: RelayConnection, connection: InstanceConnection,
        output: InstanceOutput, network: SandboxNetwork?, own: Folders, visible: Folders, environment: [String: String]
    ) {
        self.id = id
        self.shape = shape
        self.process = process
        self.relay = relay
        self.connection = connection
        self.output = output
        self.network = network
        self.own = own
        self.visible = visible
        self.environment = environment
    }

    func close(reason: String) {
        relay.close(reason: reason)
        connection.close(reason: reason)
        link.withLock { $0 }?.close(reason: reason)
        network?.stop()
    }
}

/// Slots that wait, by shape. Bounded by the number of shapes, of which those used last are kept.
struct SpareSlots {
    /// Shapes for which slots are kept.
    static let shapeCountMax = 4

    let countMaxPerShape: Int
    private var shapes: [SlotShape] = []
    private var waiting: [SlotShape: [Slot]] = [:]
    private var comingCounts: [SlotShape: Int] = [:]

    init(countMaxPerShape: Int) {
        self.countMaxPerShape = countMaxPerShape
    }

    /// A shape is wanted now.
    ///
    /// - Returns: slots of shapes that are kept no longer, to be ended.
    mutating func want(_ shape: SlotShape) -> [Slot] {
        guard shape.isShared, countMaxPerShape > 0 else { return [] }
        shapes.removeAll { $0 == shape }
        shapes.append(shape)
        guard shapes.count > Self.shapeCountMax else { return [] }
        return waiting.removeValue(forKey: shapes.removeFirst()) ?? []
    }

    mutating func take(_ shape: SlotShape) -> Slot? {
        while var slots = waiting[shape], let slot = slots.popLast() {
            waiting[shape] = slots
            if !slot.process.isGone { return slot }
        }
        return nil
    }

    /// How many are to be started now; they count as coming.
    mutating func missingCount(_ shape: SlotShape) -> Int {
        guard shapes.contains(shape) else { return 0 }
        let count = max(0, countMaxPerShape - (waiting[shape]?.count ?? 0) - (comingCounts[shape] ?? 0))
        comingCounts[shape, default: 0] += count
        return count
    }

    /// A slot that was coming is there, or failed.
    ///
    /// - Returns: the slot if it is not wanted any more, to be ended.
    mutating func came(_ slot: Slot?, _ shape: SlotShape) -> Slot? {
        comingCounts[shape, default: 1] -= 1
        guard let slot else { return nil }
        guard shapes.contains(shape) else { return slot }
        waiting[shape, default: []].append(slot)
        return nil
    }

    mutating func forget(_ slot: Slot) {
        waiting[slot.shape]?.removeAll { $0 === slot }
    }
}
