internal import FabricTypes

/// What a collector says to spans that it took: OTLP's `ExportTraceServiceResponse`.
struct ExportAnswer: WireMessage {
    static let messageName = "opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse"

    private struct PartialSuccess: WireMessage {
        static let messageName = "opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess"

        var rejectedCount: Int64 = 0
        var message = ""

        mutating func merge(_ field: WireField) throws(WireError) {
            switch field.number {
            case 1: field.read(&rejectedCount)
            case 2: try field.read(&message)
            default: break
            }
        }

        func encode(to writer: inout WireWriter) {
            writer.write(1, rejectedCount)
            writer.write(2, message)
        }
    }

    private var partial: PartialSuccess?

    var rejectedCount: Int64 { partial?.rejectedCount ?? 0 }
    var message: String? { partial?.message }

    init() {}

    mutating func merge(_ field: WireField) throws(WireError) {
        if field.number == 1 { try field.merge(into: &partial) }
    }

    func encode(to writer: inout WireWriter) {
        writer.write(1, message: partial)
    }
}
