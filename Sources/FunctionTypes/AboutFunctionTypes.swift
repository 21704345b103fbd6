// FunctionTypes (values).
//
// The vocabulary of the function half: names, requests, invocations, outcomes, log lines.
