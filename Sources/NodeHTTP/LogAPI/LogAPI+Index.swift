internal import Foundation
internal import FunctionTypes
internal import HTTPTypes
internal import HummingbirdCore
internal import LogCore
internal import LogService
internal import NIOCore
internal import NIOFoundationCompat

extension LogAPI {
    private static let indexPath = "/api/logs/projects/{project}/stores/{store}/index"

    var indexRoutes: [APIRoute] {
        let names = [Self.project, Self.store]
        return [
            APIRoute(
                .get, Self.indexPath, "getLogIndex",
                "Tell which fields are indexed, and how their texts are cut into words.",
                parameters: names, answer: .json("LogIndex")
            ) { call in
                JSONAnswer.value(try JSONValue(parsing: Array(service.indexDocument(of: try logstore(call)).utf8)))
            },
            APIRoute(
                .put, Self.indexPath, "putLogIndex",
                "Set the index. It holds for everything in the logstore, also what was written before.",
                role: .admin, parameters: names, body: "LogIndex", answer: .json("LogIndex")
            ) { call in
                let id = try logstore(call)
                let document = try await call.json()
                let definition: IndexDefinition
                do {
                    definition = try JSONDecoder().decode(IndexDefinition.self, from: Data(document.jsonBytes))
                } catch {
                    throw APIError.invalid("The index is not of the form {\"line\": {…}, \"keys\": {…}}: \(error).")
                }
                try await service.setIndex(
                    definition, document: document.jsonText, of: id,
                    isNew: try service.logstore(id).indexDocument == nil)
                return JSONAnswer.value(document)
            },
            APIRoute(
                .delete, Self.indexPath, "deleteLogIndex",
                "Delete the index; without one all texts are searched by the default rules.",
                role: .admin, parameters: names, answer: .nothing
            ) { call in
                try await service.deleteIndex(of: try logstore(call))
                return Response(status: .noContent)
            },
        ]
    }
}
