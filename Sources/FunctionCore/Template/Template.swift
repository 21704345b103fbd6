package import FunctionTypes

/// A template whose every part was checked: what a deployment should bring about.
package struct Template: Sendable, Hashable {
    package var description: String?
    package var services: [ServiceTemplate] = []
    package var logProjects: [LogProjectTemplate] = []
    package var customDomains: [CustomDomainTemplate] = []
    package var ledgerChannels: [LedgerChannelTemplate] = []
    /// Keys that were accepted although they do nothing on this node, each with the reason.
    package var notices: [TemplateNotice] = []

    package init() {}
}

/// A part of a template that has no effect here, or another one than its author may expect.
package struct TemplateNotice: Hashable, Sendable, CustomStringConvertible {
    package var line: Int
    package var key: String
    /// A whole sentence.
    package var text: String

    package init(line: Int, key: String, text: String) {
        self.line = line
        self.key = key
        self.text = text
    }

    package var description: String { "\(line > 0 ? "line \(line): " : "")\(key): \(text)" }
}

package struct ServiceTemplate: Sendable, Hashable {
    package var name: ServiceName
    package var line: Int
    /// The `Organization` property; nil means the organisation that the deployment names.
    package var organization: OrganizationName?
    package var configuration = ServiceConfiguration()
    package var functions: [FunctionTemplate] = []
}

package struct FunctionTemplate: Sendable, Hashable {
    package var name: FunctionName
    package var line: Int
    /// Everything but the code, which the deployment brings.
    package var configuration: FunctionConfiguration
    /// A folder, file or archive, relative to the template.
    package var codeURI: String?
    package var asyncConfiguration: AsyncConfiguration?
    /// Instances at most; an extension of ours beside the API's on-demand configuration. Nil = the node's default.
    package var instanceCountMax: Int?
    package var triggers: [TriggerTemplate] = []
}

package struct TriggerTemplate: Sendable, Hashable {
    package var name: TriggerName
    package var line: Int
    package var configuration: TriggerConfiguration
}

package struct LogProjectTemplate: Sendable, Hashable {
    package var name: String
    package var line: Int
    package var description: String?
    package var logstores: [LogstoreTemplate] = []

    package init(name: String, line: Int) {
        self.name = name
        self.line = line
    }
}

package struct LogstoreTemplate: Sendable, Hashable {
    package var name: String
    package var line: Int
    /// 1…3650; default 30.
    package var ttlDays: Int
    /// 1…100; default 1.
    package var shardCount: Int

    package init(name: String, line: Int, ttlDays: Int, shardCount: Int) {
        self.name = name
        self.line = line
        self.ttlDays = ttlDays
        self.shardCount = shardCount
    }
}

package struct CustomDomainTemplate: Sendable, Hashable {
    package var name: CustomDomainName
    package var line: Int
    package var configuration: CustomDomainConfiguration
}
