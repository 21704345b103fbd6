internal import FunctionCore
internal import FunctionSandbox

/// The interpreters that functions are written for, found as the sandbox finds them.
enum InterpreterProbe {
    struct Interpreter {
        let id: String
        let title: String
        /// One of the runtimes it runs.
        let runtime: String
        /// Makes it print its version and, after a space, the full path of the real program, shims left aside.
        let question: [String]
        let versionMin: [Int]
        let runtimes: String
        let packages: [String]
    }

    static let node = Interpreter(
        id: "interpreter.node", title: "Node.js", runtime: "nodejs20",
        question: ["-p", "process.versions.node + ' ' + process.execPath"],
        versionMin: [18], runtimes: "nodejs*", packages: ["nodejs"])
    static let python = Interpreter(
        id: "interpreter.python", title: "Python", runtime: "python3",
        question: ["-c", "import platform, sys; print(platform.python_version(), sys.executable)"],
        versionMin: [3, 9], runtimes: "python3*", packages: ["python3"])

    static func checks() async -> [Check] {
        async let node = check(node)
        async let python = check(python)
        return await [node, python]
    }

    private static func check(_ interpreter: Interpreter) async -> Check {
        // The error says that it is not installed, which is what the check says in its own form.
        guard let runtime = RuntimeName(interpreter.runtime), let path = try? Interpreters().path(for: runtime) else {
            return lack(interpreter, found: "not found")
        }
        switch await ToolRunner.ask(path, interpreter.question) {
        case .answered(let answer): return judge(interpreter, answer: answer)
        case .failed(let reason): return lack(interpreter, found: "\(path) does not run: \(reason)")
        }
    }

    static func judge(_ interpreter: Interpreter, answer: String) -> Check {
        let parts = answer.split(separator: " ", maxSplits: 1)
        let numbers = parts.first?.split(separator: ".").map { Int($0) } ?? []
        guard parts.count == 2, let major = numbers.first ?? nil else {
            return lack(interpreter, found: "an unexpected answer: \(answer)")
        }
        let version = [major, numbers.dropFirst().first.flatMap { $0 } ?? 0]
        let found = "\(parts[0]) (\(parts[1]))"
        guard !version.lexicographicallyPrecedes(interpreter.versionMin) else {
            let wanted = interpreter.versionMin.map(String.init).joined(separator: ".")
            return lack(interpreter, found: "\(found), but \(wanted) or later is needed")
        }
        return .ok(interpreter.id, interpreter.title, found: found)
    }

    private static func lack(_ interpreter: Interpreter, found: String) -> Check {
        .lack(
            .missing, interpreter.id, interpreter.title, found: found,
            consequence: "Functions with a runtime \(interpreter.runtimes) do not run.", packages: interpreter.packages)
    }
}
