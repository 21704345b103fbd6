/// The console: the pages, styles and scripts that a browser shows the node with.
///
/// They stand in `Site` as a browser reads them – no framework, nothing generated – and are built into the program. Everything
/// they show or do goes through the public APIs.
package enum ConsoleFiles {
    package struct File: Sendable {
        /// `/` or `/app.js`.
        package let path: String
        package let mediaType: String
        package let content: [UInt8]
    }

    /// Every file of `Site`. The page itself is at `/`.
    package static let all: [File] =
        [
            File(path: "/", mediaType: "text/html; charset=utf-8", content: PackageResources.index_html),
            File(path: "/style.css", mediaType: "text/css; charset=utf-8", content: PackageResources.style_css),
            File(path: "/icon.svg", mediaType: "image/svg+xml", content: PackageResources.icon_svg),
        ] + scripts

    private static var scripts: [File] {
        [
            script("access", PackageResources.access_js),
            script("activity", PackageResources.activity_js),
            script("alarms", PackageResources.alarms_js),
            script("api", PackageResources.api_js),
            script("app", PackageResources.app_js),
            script("block", PackageResources.block_js),
            script("blocks", PackageResources.blocks_js),
            script("call", PackageResources.call_js),
            script("chart", PackageResources.chart_js),
            script("contracts", PackageResources.contracts_js),
            script("deploy", PackageResources.deploy_js),
            script("dom", PackageResources.dom_js),
            script("format", PackageResources.format_js),
            script("function", PackageResources.function_js),
            script("functions", PackageResources.functions_js),
            script("invocations", PackageResources.invocations_js),
            script("ledger", PackageResources.ledger_js),
            script("list", PackageResources.list_js),
            script("logs", PackageResources.logs_js),
            script("overview", PackageResources.overview_js),
            script("state", PackageResources.state_js),
            script("trace", PackageResources.trace_js),
            script("transaction", PackageResources.transaction_js),
            script("trigger", PackageResources.trigger_js),
            script("triggers", PackageResources.triggers_js),
            script("zip", PackageResources.zip_js),
        ]
    }

    private static func script(_ name: String, _ content: [UInt8]) -> File {
        File(path: "/\(name).js", mediaType: "text/javascript; charset=utf-8", content: content)
    }
}
