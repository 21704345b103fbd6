extension StarterProject {
    /// Imported by what is written here, not by what writes it.
    private static let library = "DuetFunction"

    /// A Swift package of its own, whose program becomes the function.
    static let httpSwift = StarterProject(
        name: "http-swift", summary: "answers HTTP, Swift",
        files: [
            "template.yml": template(
                function: "hello", handler: "main", runtime: "custom", code: "./code", events: httpEvent),
            "Sources/Hello/main.swift": """
            import \(library)

            FunctionMain.runHTTP { request, context in
                context.logger.info("asked for \\(request.path)")
                return HTTPResponse("Hello, \\(request.query("name") ?? "world")!\\n")
            }

            """,
            "Package.swift": """
            // swift-tools-version: 6.1

            import PackageDescription

            let package = Package(
                name: "Hello",
                dependencies: [
                    // The folder of Duet's package, from which DuetFunction comes.
                    .package(name: "duet", path: Context.environment["DUET_PACKAGE"] ?? "../duet")
                ],
                targets: [
                    .executableTarget(name: "Hello", dependencies: [.product(name: "\(library)", package: "duet")])
                ]
            )

            """,
            "build": """
            #!/bin/sh
            # Builds the function into code/, which is what `duet deploy` packs. DUET_PACKAGE names the folder of Duet's package.
            set -eu
            cd "$(dirname "$0")"
            swift build --configuration release --static-swift-stdlib --product Hello
            mkdir -p code
            cp "$(swift build --configuration release --static-swift-stdlib --show-bin-path)/Hello" code/bootstrap

            """,
            ".gitignore": ".build/\ncode/\n",
        ],
        preparation: "./build")
}
