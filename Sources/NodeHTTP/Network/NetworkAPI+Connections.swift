internal import FunctionTypes
internal import HTTPTypes

extension NetworkAPI {
    var connectionRoutes: [APIRoute] {
        [
            APIRoute(
                .get, "/api/network/connection", "getConnectionProfile",
                "Give an organisation's connection profile, for Fabric's client libraries.",
                parameters: [
                    Self.organization, .query("style", "Who reads it: common (default) or fabric-sdk-py."),
                ],
                answer: .json("ConnectionProfile")
            ) { call in
                let text = call.query("style") ?? NetworkConnectionStyle.common.rawValue
                guard let style = NetworkConnectionStyle(rawValue: text) else {
                    let styles = NetworkConnectionStyle.allCases.map(\.rawValue).joined(separator: ", ")
                    throw APIError.invalid("\"style\" is \"\(text.prefix(40))\": give one of \(styles).")
                }
                let organization = organization(call)
                guard let profile = network.connections?.profile(of: organization, style) else {
                    throw APIError(
                        status: .notFound, code: "OrganizationNotFound",
                        message: "The organisation \"\(organization.prefix(255))\" has no peers here.")
                }
                return JSONAnswer.value(profile)
            }
        ]
    }
}
