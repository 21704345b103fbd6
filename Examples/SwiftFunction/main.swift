import DuetFunction

// Numbers on the ledger, by the name of who counts: events say what they are, requests read and add.
FunctionMain.run(
    initialize: { context in context.logger.info("\(context.functionName) is ready") },
    event: { event, context in
        let text = String(decoding: event, as: UTF8.self)
        context.logger.info("took \(text)")
        if text == "fail" { throw FunctionError(type: "AskedTo", message: "the event said so") }
        if text == "ledger" { return try context.ledger.evaluate(.init("keyvalue", "get", texts: "key")) }
        return Array("\(context.serviceName)/\(context.functionName): \(text.uppercased())".utf8)
    },
    http: { request, context in
        let name = String(request.path.dropFirst())
        context.logger.info("\(request.method) \(name) from \(request.clientAddress)")
        do {
            switch request.method {
            case "GET":
                return HTTPResponse(body: try context.ledger.evaluate(.init("keyvalue", "get", texts: name)))
            case "POST":
                let amount = String(decoding: request.body, as: UTF8.self)
                let done = try context.ledger.submit(.init("keyvalue", "add", texts: name, amount))
                return HTTPResponse(
                    status: 201, headers: [("x-transaction", done.transactionID), ("x-block", "\(done.blockNumber)")],
                    body: done.result)
            default:
                return HTTPResponse("GET a number, or POST what to add to it.\n", status: 405)
            }
        } catch let failure as Ledger.Failure {
            return HTTPResponse("\(failure)\n", status: 502)
        }
    }
)
