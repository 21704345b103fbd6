// FunctionCore (core).
//
// The rules of functions: template, registry, which instance takes an invocation, retries, cron; and the protocols
// (`FunctionRuntime`, `Sandbox`, stores) they need, each with an in-memory twin.
