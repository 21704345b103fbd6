import DuetFunction

// A function that says what it got, and fails when told so.
FunctionMain.run(
    initialize: { context in context.logger.info("\(context.functionName) is ready") }
) { event, context in
    let text = String(decoding: event, as: UTF8.self)
    context.logger.info("took \(text)")
    if text == "fail" { throw FunctionError(type: "AskedTo", message: "the event said so") }
    if text == "ledger" { return try context.ledger.evaluate(.init("trade", "read", texts: "key")) }
    return Array("\(context.serviceName)/\(context.functionName): \(text.uppercased())".utf8)
}
