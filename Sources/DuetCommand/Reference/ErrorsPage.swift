internal import FabricTypes
internal import FunctionTypes
internal import NodeHTTP
internal import PeerService
internal import TriggerService

/// The codes that programs branch on.
enum ErrorsPage {
    static func make() -> ReferencePage {
        ReferencePage(
            "errors.md", title: "Errors",
            [
                "Every error has a code for programs and a sentence for people, which says what failed, why, and what to do.",
                "## Exit statuses of commands", exitStatuses, "## Function Compute's API",
                "In the header and body as Function Compute has it: `{\"ErrorCode\": …, \"ErrorMessage\": …}`. A function that fails by "
                    + "itself is no error of the API: the status is 200, with `X-Fc-Error-Type`.",
                functionCodes, "## Log Service's API", "`{\"errorCode\": …, \"errorMessage\": …}`.", logCodes,
                "## The ledger's calls, from functions",
                "`LedgerError.code` in Node.js, Python and Swift, or `error.code` of the [socket](../ledger-from-functions.md). A "
                    + "transaction that stands in the ledger as invalid is told with status 409 and its validation code.",
                ledgerCodes, "## The gateway",
                "gRPC status codes of `gateway.Gateway`, in Fabric's places; `ErrorDetail` carries what each peer said.",
                gatewayCodes, "## Validation codes",
                "What every peer came to about a transaction in a block; only `VALID` changes the state.",
                validationCodes,
                "## The JSON API",
                "`{\"error\": {\"code\", \"message\", \"position\", \"problems\"}}`, described in [api.md](api.md#error).",
            ])
    }

    private static var exitStatuses: String {
        var table = MarkdownTable(["Status", "Meaning"])
        for status in ExitStatus.allCases { table.append(["\(status.rawValue)", status.meaning]) }
        return table.text
    }

    private static var functionCodes: String {
        var table = MarkdownTable(["Code", "Status", "When"])
        for code in FunctionError.Code.allCases {
            table.append(["`\(code.rawValue)`", "\(FunctionError(code, "").statusCode)", code.meaning])
        }
        return table.text
    }

    private static var logCodes: String {
        var table = MarkdownTable(["Code", "When"])
        for code in SLSErrorCode.allCases { table.append(["`\(code.rawValue)`", code.meaning]) }
        return table.text
    }

    private static var ledgerCodes: String {
        var table = MarkdownTable(["Code", "Status", "When"])
        for code in LedgerGatewayError.Code.allCases {
            table.append(["`\(code.answer.name)`", "\(code.answer.status)", code.meaning])
        }
        return table.text
    }

    private static var gatewayCodes: String {
        var table = MarkdownTable(["Code", "Number", "When"])
        for code in GatewayError.Code.allCases {
            table.append(["`\(code.grpcName)`", "\(code.rawValue)", code.meaning])
        }
        return table.text
    }

    private static var validationCodes: String {
        var table = MarkdownTable(["Number", "Name"])
        for number in UInt8.min...UInt8.max {
            let code = ValidationCode(rawValue: number)
            if !code.name.hasPrefix("CODE_") { table.append(["\(number)", "`\(code.name)`"]) }
        }
        return table.text
    }
}
