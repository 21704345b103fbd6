package import FunctionTypes

extension Deployment {
    /// Functions with a `CodeUri` whose code neither came along nor is there from an earlier deployment: all of them, since
    /// each needs a package of its own.
    package func functionsWithoutCode(in registry: Registry) -> [TemplateProblem] {
        template.services.flatMap { service in
            service.functions.compactMap { function -> TemplateProblem? in
                let key = CodeKey(service: service.name, function: function.name)
                guard let codeURI = function.codeURI, codes[key] == nil else { return nil }
                let owners = service.organization.map { [$0] } ?? organizations
                let hasCode = owners.allSatisfy { owner in
                    registry.services[owner]?[service.name]?.functions[function.name]?.configuration.code != nil
                }
                guard !hasCode else { return nil }
                let path = "\(service.name)/\(function.name)"
                return TemplateProblem(
                    line: function.line, key: "Resources.\(service.name).\(function.name).Properties.CodeUri",
                    value: codeURI,
                    reason: "the code of \(path) did not come with the template, and a node reads no folders of yours",
                    remedy:
                        "Add its code: a zip archive as that of \"\(path)\" (by the API: POST it to /api/code and give the "
                        + "digest in \"codes\"). \"duet deploy\" packs the folder itself.")
            }
        }
    }
}
