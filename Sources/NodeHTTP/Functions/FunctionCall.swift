internal import FunctionCore
internal import FunctionTypes
internal import HTTPTypes
internal import NIOCore

/// One call of the management API, its caller already known.
struct FunctionCall {
    let request: IncomingRequest
    let organization: OrganizationName

    /// The body as JSON; an empty one as an empty object.
    ///
    /// - Throws: `InvalidArgument` for what is no JSON object.
    func json(byteCountMax: Int = 1 << 20) async throws -> JSONValue {
        let buffer = try await request.collectBody(upTo: byteCountMax)
        guard buffer.readableBytes > 0 else { return [:] }
        do {
            let json = try JSONValue(parsing: Array(buffer.readableBytesView))
            guard json.objectValue != nil else {
                throw FunctionError(.invalidArgument, "The body is JSON but not an object.")
            }
            return json
        } catch let error as JSONSyntaxError {
            throw FunctionError(.invalidArgument, "The body cannot be read: \(error)")
        }
    }

    var ifMatch: String? { request.headers[.ifMatch] }

    func query(_ name: String) -> String? {
        request.target.query(name)
    }

    /// A page of a list, by the query's `limit`, `prefix`, `startKey` and `nextToken`.
    func page<Element: Sendable>(
        of elements: [Element], as name: String, by key: (Element) -> String, _ json: (Element) -> JSONValue
    ) throws(FunctionError) -> FunctionAnswer {
        let page = ResourcePage(
            of: elements, prefix: query("prefix"), startKey: query("startKey"), nextToken: query("nextToken"),
            limit: try limit(), name: key)
        return FunctionAnswer(
            .object(present: [name: .array(page.elements.map(json)), "nextToken": .text(page.nextToken)]))
    }

    func limit() throws(FunctionError) -> Int? {
        guard let text = query("limit"), !text.isEmpty else { return nil }
        guard let limit = Int(text), (1...100).contains(limit) else {
            throw FunctionError(
                .invalidArgument, "limit is \"\(text.prefix(40))\": a whole number from 1 to 100 is allowed.")
        }
        return limit
    }
}

/// A service and which state of it, as they stand in paths: `shop`, `shop.prod`.
struct QualifiedService {
    var name: ServiceName
    /// Nil if the path has none.
    var qualifier: Qualifier?

    init(_ text: String) throws(FunctionError) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        name = try checked(ServiceName.self, parts.first ?? "")
        guard parts.count == 2 else { return }
        do throws(InvalidResourceName) {
            qualifier = try Qualifier(validating: parts[1])
        } catch {
            throw FunctionError(.invalidArgument, error.description)
        }
    }

    func target(_ organization: OrganizationName, _ function: String) throws(FunctionError) -> FunctionTarget {
        FunctionTarget(
            FunctionID(organization: organization, service: name, function: try checked(FunctionName.self, function)),
            qualifier: qualifier ?? .latest)
    }
}

/// A name from a path or a body.
func checked<Name: ResourceName>(_ type: Name.Type, _ text: String) throws(FunctionError) -> Name {
    do throws(InvalidResourceName) {
        return try Name(validating: text)
    } catch {
        throw FunctionError(.invalidArgument, error.description)
    }
}
