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
        /// What was deployed last from here; nil while the template's rule stands.
        let source: String?
        /// How long the last deployment took; nil without any.
        let milliseconds: Double?
    }

    struct Wish: Decodable, Sendable {
        let source: String
    }

    private struct Deployed {
        var source: String
        var milliseconds: Double
    }

    private let node: NodeAPI
    private let feed: LiveFeed
    private let company: String
    private let service: String
    private let function: String
    private let deployed = Mutex<Deployed?>(nil)

    init(node: NodeAPI, feed: LiveFeed, company: String, service: String, function: String) {
        self.node = node
        self.feed = feed
        self.company = company
        self.service = service
        self.function = function
    }

    private var path: [String] { ["2016-08-15", "services", service, "functions", function] }

    private var view: View {
        let deployed = deployed.withLock { $0 }
        return View(
            company: company, service: service, function: function, source: deployed?.source,
            milliseconds: deployed?.milliseconds)
    }

    /// - Throws: ``NodeAPI/Failure``, with status 404 where the template is not deployed.
    func current() async throws -> View {
        _ = try await node.exchange(.GET, path)
        return view
    }

    /// Has the source run from now on, and tells every page.
    ///
    /// - Throws: ``ActionRefusal``; ``NodeAPI/Failure``.
    func deploy(_ wish: Wish) async throws -> View {
        guard !wish.source.isEmpty, wish.source.utf8.count <= Self.sourceByteCountMax else {
            throw ActionRefusal(.invalid, "A rule has 1 to \(Self.sourceByteCountMax) bytes.")
        }
        let archive = ZipArchive.holding("\(function).js", Array(wish.source.utf8))
        let clock = ContinuousClock()
        let begin = clock.now
        let body = PageJSON.encode(["code": ["zipFile": archive.base64EncodedString()]])
        _ = try await node.exchange(.PUT, path, body: ("application/json", body))
        let (seconds, attoseconds) = (clock.now - begin).components
        deployed.withLock {
            $0 = Deployed(
                source: wish.source,
                milliseconds: Double(seconds) * 1_000 + (Double(attoseconds) / 1e14).rounded() / 10)
        }
        feed.tell(.json("rule", view))
        return view
    }
}
