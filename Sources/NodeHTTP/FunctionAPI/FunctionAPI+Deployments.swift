internal import FunctionCore
internal import FunctionService
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension FunctionAPI {
    /// Bytes of a template and what is sent with it.
    private static let deploymentByteCountMax = 4 << 20
    private static let organizationCountMax = 100

    var deploymentRoutes: [APIRoute] {
        [
            APIRoute(
                .post, "/api/deployments", "deploy",
                "Deploy a template, or remove what it names; a dry run only says what would change.", role: .admin,
                body: "Deployment", answer: .json("DeploymentResult")
            ) { call in JSONAnswer.value(try await deploy(call)) },
            APIRoute(
                .post, "/api/code", "addCode", "Keep a code package; the same files again change nothing.",
                role: .admin, bodyType: "application/zip", answer: .json("CodePackage")
            ) { call in
                let archive = try await call.request.collectBody(upTo: FunctionLimits.codeArchiveByteCountMax)
                return JSONAnswer.value(try await platform.addCode(archive: Array(archive.readableBytesView)).json)
            },
            APIRoute(
                .get, "/api/code/{digest}", "getCode", "Fetch a code package as it was sent.",
                parameters: [.path("digest", "SHA-256 of the package's files.")], answer: .file("application/zip")
            ) { call in
                let digest = call.path("digest")
                let organization = try organization(call)
                guard platform.registry.read({ $0.codeDigests(of: organization).contains(digest) }),
                    let archive = try await platform.codeArchive(digest: digest)
                else {
                    throw FunctionError(.resourceNotFound, "There is no code package \"\(digest.prefix(80))\".")
                }
                return Response(
                    status: .ok, headers: [.contentType: "application/zip"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: archive)))
            },
        ]
    }

    private func deploy(_ call: APICall) async throws -> JSONValue {
        let body = FunctionBody(try await call.json(upTo: Self.deploymentByteCountMax))
        let organizations = try organizations(body, call)
        var options = TemplateParser.Options(organization: organizations[0])
        options.region = platform.region
        options.eventSources = platform.eventSources
        for (name, value) in try body.object("parameters")?.json.objectValue ?? [:] {
            options.parameters[name] = value.stringValue ?? value.jsonText
        }
        let template = try TemplateParser.parse(Array(try body.requiredText("template").utf8), options: options)
        let isDryRun = try body.boolean("isDryRun") ?? false
        let result: DeploymentResult
        if try body.boolean("isRemoval") ?? false {
            try checkOwners(Deployment(template: template, organizations: organizations, codes: [:]), call)
            result = try await platform.remove(
                Removal(template: template, organizations: organizations), isDryRun: isDryRun)
        } else {
            var deployment = Deployment(
                template: template, organizations: organizations, codes: try codes(body, isDryRun: isDryRun))
            // A key approves for its own organisation; whoever is on the machine for all whose keys are there.
            if call.caller.credential != .loopback {
                deployment.ledgerOrganizations = [try checked(OrganizationName.self, call.caller.organization)]
            }
            try checkOwners(deployment, call)
            result = try await platform.deploy(deployment, isDryRun: isDryRun)
        }
        return [
            "changes": .array(result.changes.map(\.json)), "notices": .array(result.notices.map(\.json)),
            "isUnchanged": .bool(result.isUnchanged),
        ]
    }

    private func organizations(_ body: FunctionBody, _ call: APICall) throws -> [OrganizationName] {
        let names = try body.texts("organizations") ?? []
        guard names.count <= Self.organizationCountMax else {
            throw APIError.invalid("\"organizations\" has \(names.count); \(Self.organizationCountMax) are the most.")
        }
        let organizations = try names.map { name throws(FunctionError) in try checked(OrganizationName.self, name) }
        return organizations.isEmpty ? [try organization(call)] : organizations
    }

    /// A key deploys into its own organisation only.
    private func checkOwners(_ deployment: Deployment, _ call: APICall) throws(FunctionError) {
        guard call.caller.credential != .loopback else { return }
        for organization in deployment.organizationsTouched.sorted()
        where organization.rawValue != call.caller.organization {
            throw FunctionError(
                .accessDenied,
                "The access key belongs to \"\(call.caller.organization)\" and cannot deploy into \"\(organization)\". Use a key of that organization."
            )
        }
    }

    /// Packages must be here before they are deployed. A dry run may name one that is not: nothing is built on it.
    private func codes(
        _ body: FunctionBody, isDryRun: Bool
    ) throws(FunctionError) -> [Deployment.CodeKey: CodeReference] {
        var codes: [Deployment.CodeKey: CodeReference] = [:]
        for (path, value) in try body.object("codes")?.json.objectValue ?? [:] {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let digest = value.stringValue else {
                throw FunctionError(
                    .invalidArgument, "codes has \"\(path.prefix(80))\": write \"service/function\" with a digest.")
            }
            let key = Deployment.CodeKey(
                service: try checked(ServiceName.self, parts[0]), function: try checked(FunctionName.self, parts[1]))
            if let reference = platform.code(digest: digest) {
                codes[key] = reference
            } else if isDryRun {
                codes[key] = CodeReference(digest: digest, byteCount: 0, checksum: "0")
            } else {
                throw FunctionError(
                    .resourceNotFound, "The code of \"\(path)\" is not here. Send it to /api/code first.")
            }
        }
        return codes
    }
}

extension CodeReference {
    fileprivate var json: JSONValue {
        ["digest": .string(digest), "byteCount": .integer(Int64(byteCount)), "checksum": .string(checksum)]
    }
}

extension PlannedChange {
    fileprivate var json: JSONValue {
        [
            "action": .string(action.rawValue), "organization": .string(organization.rawValue), "kind": .string(kind),
            "name": .string(name), "details": .array(details.map(JSONValue.string)),
        ]
    }
}

extension TemplateNotice {
    fileprivate var json: JSONValue { ["line": .integer(Int64(line)), "key": .string(key), "text": .string(text)] }
}
