/// A template with every part that readers look into, and where in it each kind of resource stands.
enum TemplateSample {
    struct Section {
        let title: String
        /// Of the paths of its properties in ``TemplateSample/text``.
        let prefix: String
        let text: String
    }

    /// The section with the longest prefix.
    static func section(of path: String) -> Section? {
        sections.filter { path.hasPrefix($0.prefix) }.max { $0.prefix.count < $1.prefix.count }
    }

    /// A section without title is not shown: its properties stand in another one.
    static let sections = [
        Section(title: "", prefix: "Resources.service.site.", text: ""),
        Section(title: "", prefix: "Resources.project.other.", text: ""),
        Section(title: "Top", prefix: "", text: ""),
        Section(
            title: "Aliyun::Serverless::Service", prefix: "Resources.service.",
            text: "Functions stand in it, beside `Properties`."),
        Section(
            title: "Aliyun::Serverless::Function", prefix: "Resources.service.function.",
            text: "In a service; its triggers stand below `Events`, beside `Properties`."),
        Section(
            title: "Events: HTTP", prefix: "Resources.service.site.Events.http.", text: "`Type: HTTP`."),
        Section(
            title: "Events: Timer", prefix: "Resources.service.function.Events.timer.", text: "`Type: Timer`."),
        Section(title: "Events: Log", prefix: "Resources.service.function.Events.log.", text: "`Type: Log`."),
        Section(
            title: "Events: Endorsement", prefix: "Resources.service.function.Events.check.",
            text: "`Type: Endorsement`: see [endorsement checks](../endorsement-checks.md)."),
        Section(
            title: "Aliyun::Serverless::Log", prefix: "Resources.project.",
            text: "A project of the log service; its logstores stand in it."),
        Section(
            title: "Aliyun::Serverless::Log::Logstore", prefix: "Resources.project.logstore.", text: "In a project."),
        Section(
            title: "Aliyun::Serverless::CustomDomain", prefix: "Resources.domain.",
            text: "Routes stand in `RouteConfig.Routes`, each below its path."),
        Section(
            title: "A route of a custom domain", prefix: "Resources.domain.Properties.RouteConfig.Routes./*.", text: ""),
        Section(
            title: "Duet::Ledger::Channel", prefix: "Resources.channel.",
            text: "Names a channel that is there; its contracts stand in it."),
        Section(title: "Duet::Ledger::Contract", prefix: "Resources.channel.contract.", text: "In a channel."),
    ]

    static let text = """
        ROSTemplateFormatVersion: '2015-09-01'
        Transform: 'Aliyun::Serverless-2018-04-03'
        Resources:
          service:
            Type: 'Aliyun::Serverless::Service'
            Properties:
              LogConfig: { Project: project, Logstore: logstore }
            function:
              Type: 'Aliyun::Serverless::Function'
              Properties:
                Handler: index.handler
                Runtime: nodejs20
                CodeUri: ./
                EnvironmentVariables: {}
                InstanceLifecycleConfig:
                  PreFreeze: { Handler: index.preFreeze }
                  PreStop: { Handler: index.preStop }
                AsyncConfiguration:
                  Destination: {}
              Events:
                timer: { Type: Timer, Properties: { CronExpression: '@every 1m' } }
                check: { Type: Endorsement, Properties: { Channel: channel, Contract: contract } }
                log:
                  Type: Log
                  Properties:
                    SourceConfig: { Logstore: logstore }
                    JobConfig: { MaxRetryTime: 1, TriggerInterval: 60 }
                    LogConfig: { Project: project, Logstore: other }
                    Enable: true
            site:
              Type: 'Aliyun::Serverless::Function'
              Properties: { Handler: index.handler, Runtime: nodejs20, CodeUri: ./ }
              Events:
                http: { Type: HTTP, Properties: { AuthType: ANONYMOUS, Methods: [GET] } }
          project:
            Type: 'Aliyun::Serverless::Log'
            Properties: { Description: kept }
            logstore:
              Type: 'Aliyun::Serverless::Log::Logstore'
              Properties: { TTL: 10 }
            other:
              Type: 'Aliyun::Serverless::Log::Logstore'
          domain:
            Type: 'Aliyun::Serverless::CustomDomain'
            Properties:
              DomainName: shop.example.com
              Protocol: HTTP
              CertConfig: {}
              RouteConfig:
                Routes:
                  '/*': { ServiceName: service, FunctionName: site }
          channel:
            Type: 'Duet::Ledger::Channel'
            Properties: { Organizations: [Org1MSP] }
            contract:
              Type: 'Duet::Ledger::Contract'
              Properties: { Runtime: builtin }

        """
}
