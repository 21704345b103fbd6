/// The settings of consensus type `etcdraft`: its consenters and its timing.
///
/// Duet orders by other means and reads these for their addresses and certificates; Fabric's own tools demand them.
/// Source: Fabric's `etcdraft.ConfigMetadata`.
package struct RaftConfigMetadata: WireMessage {
    package static let messageName = "etcdraft.ConfigMetadata"

    /// Source: Fabric's `etcdraft.Consenter`.
    package struct Consenter: WireMessage {
        package static let messageName = "etcdraft.Consenter"

        package var host = ""
        package var port: UInt32 = 0
        /// PEM text.
        package var clientTLSCertificate = Bytes()
        /// PEM text.
        package var serverTLSCertificate = Bytes()

        package init() {}

        package init(host: String, port: UInt32, clientTLSCertificate: Bytes, serverTLSCertificate: Bytes) {
            self.host = host
            self.port = port
            self.clientTLSCertificate = clientTLSCertificate
            self.serverTLSCertificate = serverTLSCertificate
        }

        package mutating func merge(_ field: WireField) throws(WireError) {
            switch field.number {
            case 1: try field.read(&host)
            case 2: field.read(&port)
            case 3: field.read(&clientTLSCertificate)
            case 4: field.read(&serverTLSCertificate)
            default: break
            }
        }

        package func encode(to writer: inout WireWriter) {
            writer.write(1, host)
            writer.write(2, port)
            writer.write(3, clientTLSCertificate)
            writer.write(4, serverTLSCertificate)
        }
    }

    /// Source: Fabric's `etcdraft.Options`.
    package struct Options: WireMessage {
        package static let messageName = "etcdraft.Options"

        /// As Go writes durations: `500ms`.
        package var tickInterval = ""
        package var electionTick: UInt32 = 0
        package var heartbeatTick: UInt32 = 0
        package var maxInflightBlocks: UInt32 = 0
        /// In bytes.
        package var snapshotIntervalSize: UInt32 = 0

        package init() {}

        /// What Fabric's sample configuration sets.
        package static let standard: Options = {
            var options = Options()
            options.tickInterval = "500ms"
            options.electionTick = 10
            options.heartbeatTick = 1
            options.maxInflightBlocks = 5
            options.snapshotIntervalSize = 16 * 1024 * 1024
            return options
        }()

        package mutating func merge(_ field: WireField) throws(WireError) {
            switch field.number {
            case 1: try field.read(&tickInterval)
            case 2: field.read(&electionTick)
            case 3: field.read(&heartbeatTick)
            case 4: field.read(&maxInflightBlocks)
            case 5: field.read(&snapshotIntervalSize)
            default: break
            }
        }

        package func encode(to writer: inout WireWriter) {
            writer.write(1, tickInterval)
            writer.write(2, electionTick)
            writer.write(3, heartbeatTick)
            writer.write(4, maxInflightBlocks)
            writer.write(5, snapshotIntervalSize)
        }
    }

    package var consenters: [Consenter] = []
    package var options: Options?

    package init() {}

    package init(consenters: [Consenter], options: Options = .standard) {
        self.consenters = consenters
        self.options = options
    }

    package mutating func merge(_ field: WireField) throws(WireError) {
        switch field.number {
        case 1: try field.append(to: &consenters)
        case 2: try field.merge(into: &options)
        default: break
        }
    }

    package func encode(to writer: inout WireWriter) {
        writer.write(1, messages: consenters)
        writer.write(2, message: options)
    }
}
