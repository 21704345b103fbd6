// FunctionService (service).
//
// Runs functions: pools of warm instances, the asynchronous queue, timers, usage.
