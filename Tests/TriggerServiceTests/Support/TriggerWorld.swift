import FunctionTypes
import Logging
import Synchronization
import TriggerCore
import TriggerTestKit

@testable import TriggerService

/// A node's triggers over a ledger and a store in memory.
struct TriggerWorld: Sendable {
    let ledger = MadeLedger()
    let store: any TriggerStore
    var functions = TestFunctions()
    var answers: any AnswerHandler = NoAnswers()
    let entries = EntryList()

    init(store: any TriggerStore = MemoryTriggerStore()) {
        self.store = store
    }

    static let function = FunctionID(
        organization: OrganizationName(unchecked: "Org1MSP"), service: ServiceName(unchecked: "shop"),
        function: FunctionName(unchecked: "handle"))

    func entry(_ settings: String = "", id: String = "t1", name: String = "on-event") throws -> TriggerEntry {
        let json = try JSONValue(
            parsing: #"{"Channel":"trade","StartingPosition":"EARLIEST"\#(settings.isEmpty ? "" : ",")\#(settings)}"#)
        return TriggerEntry(
            id: id, name: TriggerName(unchecked: name), target: FunctionTarget(Self.function),
            trigger: try LedgerTrigger(source: .contractEvent, parsing: json))
    }

    func makeKeeper() -> TriggerKeeper {
        TriggerKeeper(
            store: store, directory: ledger,
            places: DeliveryPlaces(
                functions: functions, answers: answers, sinks: HTTPEventSink(time: TriggerTime.system)),
            time: .system, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            entries: { entries.value }, isKnown: { id in entries.value.contains { $0.id == id } })
    }
}

/// The triggers of a test's registry.
final class EntryList: Sendable {
    private let stored = Mutex<[TriggerEntry]>([])

    var value: [TriggerEntry] {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
