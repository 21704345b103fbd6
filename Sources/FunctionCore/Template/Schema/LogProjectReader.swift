internal import FunctionTypes

/// Reads `Aliyun::Serverless::Log` and its logstores.
struct LogProjectReader {
    let findings: TemplateFindings

    func read(_ resource: inout TemplateMapping, name: String, line: Int) -> LogProjectTemplate? {
        var project = LogProjectTemplate(name: name, line: line)
        checkName(name, line: line, key: resource.key, allowed: 3...63)
        if var properties = resource.mapping("Properties") {
            project.description = properties.text("Description")
            properties.refuseRest()
        }
        for child in resource.rest {
            let key = resource.path(child.key)
            guard var logstore = TemplateMapping(child.value, key: key, findings: findings) else { continue }
            _ = logstore.choice("Type", of: ["Aliyun::Serverless::Log::Logstore"], isRequired: true)
            checkName(child.key, line: child.keyLine, key: key, allowed: 3...63)
            var ttl = 30
            var shardCount = 1
            if var properties = logstore.mapping("Properties") {
                ttl = properties.integer("TTL", in: 1...3650, unit: "days", standard: ttl)
                shardCount = properties.integer("ShardCount", in: 1...100, unit: "shards", standard: shardCount)
                properties.refuseRest()
            }
            logstore.refuseRest()
            project.logstores.append(
                LogstoreTemplate(name: child.key, line: child.keyLine, ttlDays: ttl, shardCount: shardCount))
        }
        return project
    }

    /// The log service's rule: lower-case letters, digits, `_` and `-`, a letter or digit at both ends.
    private func checkName(_ name: String, line: Int, key: String, allowed: ClosedRange<Int>) {
        let bytes = Array(name.utf8)
        func isAlphanumeric(_ byte: UInt8?) -> Bool {
            byte.map { ServiceName.isDigit($0) || $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") } ?? false
        }
        let isAllowed = bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        guard allowed.contains(bytes.count), isAllowed, isAlphanumeric(bytes.first), isAlphanumeric(bytes.last) else {
            findings.refuse(
                line, key, name, "the log service does not take this name",
                "Use 3 to 63 lower-case letters, digits, \"_\" and \"-\", a letter or digit at both ends.")
            return
        }
    }
}
