internal import Foundation
internal import NIOHTTP1
internal import Synchronization

/// The house rule: an endorsement check whose source visitors edit and deploy.
///
/// Deploying is one call of Function Compute's API; from then on peers ask the new function.
final class RuleKeeper: Sendable {
    /// Bytes of a rule's source.
    static let sourceByteCountMax = 1 << 16

    /// The rule as pages see it.
    struct View: Encodable, Sendable {
        /// Whose peers ask the function.
        let company: String
        let service: String
        let function: String
        /// What is in force now, as the node keeps it; nil where the code holds no such file.
        let source: String?
        /// How long the last deployment from here took; nil without any.
        let milliseconds: Double?
    }

    struct Wish: Decodable, Sendable {
        let source: String
    }

    /// What Function Compute's API tells of a function's code: where to fetch it.
    private struct CodeAnswer: Decodable {
        let url: String
    }

    private let node: NodeAPI
    private let feed: LiveFeed
    private let company: String
    private let service: String
    private let function: String
    private let milliseconds = Mutex<Double?>(nil)

    init(node: NodeAPI, feed: LiveFeed, company: String, service: String, function: String) {
        self.node = node
        self.feed = feed
        self.company = company
        self.service = service
        self.function = function
    }

    private var path: [String] { ["2016-08-15", "services", service, "functions", function] }

    /// The name of the file that holds the rule.
    private var file: String { "\(function).js" }

    private func view(_ source: String?) -> View {
        View(
            company: company, service: service, function: function, source: source,
            milliseconds: milliseconds.withLock { $0 })
    }

    /// The rule that is in force, whoever deployed it and whenever: the node is asked, nothing is kept here.
    ///
    /// - Throws: ``NodeAPI/Failure``, with status 404 where the template is not deployed.
    func current() async throws -> View {
        let answer = try await node.call(path + ["code"], as: CodeAnswer.self)
        // Fetched from the node that was asked, whatever name it goes by in its own answer.
        let place = URL(string: answer.url).map { $0.pathComponents.filter { $0 != "/" } } ?? []
        let archive = try await node.exchange(.GET, place)
        return view(
            try ZipArchive.content(of: file, in: [UInt8](archive), byteCountMax: Self.sourceByteCountMax).flatMap {
                String(validating: $0, as: UTF8.self)
            })
    }

    /// Has the source run from now on, and tells every page.
    ///
    /// - Throws: ``ActionRefusal``; ``NodeAPI/Failure``.
    func deploy(_ wish: Wish) async throws -> View {
        guard !wish.source.isEmpty, wish.source.utf8.count <= Self.sourceByteCountMax else {
            throw ActionRefusal(.invalid, "A rule has 1 to \(Self.sourceByteCountMax) bytes.")
        }
        let former = try? await current().source
        let clock = ContinuousClock()
        let begin = clock.now
        try await put(wish.source)
        if let problem = try await problem() {
            guard let former else {
                throw ActionRefusal(.invalid, "The rule fails, and refuses everything. \(problem)")
            }
            try await put(former)
            throw ActionRefusal(.invalid, "Not deployed, the former rule is in force: this one fails. \(problem)")
        }
        let (seconds, attoseconds) = (clock.now - begin).components
        milliseconds.withLock {
            $0 = Double(seconds) * 1_000 + (Double(attoseconds) / 1e14).rounded() / 10
        }
        let view = view(wish.source)
        feed.tell(.json("rule", view))
        return view
    }

    private func put(_ source: String) async throws {
        let archive = ZipArchive.holding(file, Array(source.utf8))
        let body = PageJSON.encode(["code": ["zipFile": archive.base64EncodedString()]])
        _ = try await node.exchange(.PUT, path, body: ("application/json", body))
    }

    /// Asks the rule about a marble that nobody makes. Any verdict is right.
    ///
    /// - Returns: what it said in place of a verdict; nil for one.
    private func problem() async throws -> String? {
        let question = Question(
            transactionId: "", function: "init_marble", args: ["m0", "blue", "16", "o0", company],
            creator: .init(mspId: "", name: "nobody"))
        do {
            let answer = try await node.exchange(
                .POST, path + ["invocations"], body: ("application/octet-stream", PageJSON.encode(question)))
            if (try? JSONDecoder().decode(Verdict.self, from: answer)) != nil { return nil }
            let problem = try? JSONDecoder().decode(Problem.self, from: answer)
            return problem?.errorMessage ?? "It answers no {\"allow\": …}."
        } catch let failure as NodeAPI.Failure where failure.status != 0 {
            return failure.description
        }
    }

    /// What peers ask, as far as a rule needs it.
    private struct Question: Encodable {
        struct Creator: Encodable {
            let mspId: String
            let name: String
        }

        let transactionId: String
        let function: String
        let args: [String]
        let creator: Creator
    }

    private struct Verdict: Decodable {
        let allow: Bool
    }

    /// What Function Compute answers for a function that failed.
    private struct Problem: Decodable {
        let errorMessage: String
    }
}
