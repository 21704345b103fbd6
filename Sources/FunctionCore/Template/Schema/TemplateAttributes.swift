internal import FunctionTypes

/// What `Ref` and `Fn::GetAtt` can say about the resources of a template, read before the resources themselves.
enum TemplateAttributes {
    static func collect(_ resources: TemplateNode, options: TemplateParser.Options) -> [String: [String: String]] {
        var attributes: [String: [String: String]] = [:]
        let account = options.organization.rawValue
        for resource in resources.entries ?? [] {
            switch resource.value["Type"]?.text {
            case "Aliyun::Serverless::Service":
                attributes[resource.key] = [
                    "ServiceName": resource.key, "ServiceId": resource.key,
                    "ARN": "acs:fc:\(options.region):\(account):services/\(resource.key)",
                    "Arn": "acs:fc:\(options.region):\(account):services/\(resource.key)",
                ]
                for child in resource.value.entries ?? []
                where child.value["Type"]?.text == "Aliyun::Serverless::Function" {
                    let arn = "acs:fc:\(options.region):\(account):services/\(resource.key)/functions/\(child.key)"
                    let members = [
                        "ServiceName": resource.key, "FunctionName": child.key, "FunctionId": child.key, "ARN": arn,
                        "Arn": arn,
                    ]
                    // The orchestration service glues parent and child together; authors also write the child alone.
                    attributes[resource.key + child.key] = members
                    if attributes[child.key] == nil { attributes[child.key] = members }
                }
            case "Aliyun::Serverless::Log":
                attributes[resource.key] = ["Name": resource.key, "ProjectName": resource.key]
                for child in resource.value.entries ?? []
                where child.value["Type"]?.text == "Aliyun::Serverless::Log::Logstore" {
                    let members = ["LogstoreName": child.key, "ProjectName": resource.key]
                    attributes[resource.key + child.key] = members
                    if attributes[child.key] == nil { attributes[child.key] = members }
                }
            default:
                attributes[resource.key] = [
                    "DomainName": resource.value["Properties"]?["DomainName"]?.text ?? resource.key
                ]
            }
        }
        return attributes
    }
}
