/// A header of a request or an answer, or a part of a query.
package struct NamedValue: Hashable, Sendable, Codable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A request as an HTTP function sees it.
package struct HTTPInvocation: Hashable, Sendable {
    /// Upper-case.
    package var method: String
    /// Decoded, beginning with `/`, without the part that found the function.
    package var path: String
    /// The path as it was sent, and the query.
    package var requestURI: String
    /// The query as it was sent, without `?`.
    package var query: String
    /// The query's parts, decoded, in their order; names may repeat.
    package var queryItems: [NamedValue]
    /// In the order received; hop-by-hop and reserved ones are gone.
    package var headers: [NamedValue]
    package var clientAddress: String
    package var host: String
    package var body: [UInt8]

    package init(
        method: String, path: String, requestURI: String, query: String, queryItems: [NamedValue],
        headers: [NamedValue], clientAddress: String, host: String, body: [UInt8]
    ) {
        self.method = method
        self.path = path
        self.requestURI = requestURI
        self.query = query
        self.queryItems = queryItems
        self.headers = headers
        self.clientAddress = clientAddress
        self.host = host
        self.body = body
    }
}

/// What an HTTP function answered.
package struct HTTPAnswer: Hashable, Sendable {
    package var status: Int
    package var headers: [NamedValue]
    package var body: [UInt8]

    package init(status: Int, headers: [NamedValue] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
