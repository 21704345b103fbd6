internal import Foundation
package import FunctionCore
internal import FunctionTypes
internal import GRDB

extension FunctionDatabase: RegistryStore {
    package func load() throws -> (services: [ServiceRecord], domains: [CustomDomainRecord]) {
        try perform("read the registry") {
            try queue.read { database in
                let decoder = JSONDecoder()
                let services = try Data.fetchAll(database, sql: "SELECT record FROM service")
                    .map { try decoder.decode(ServiceRecord.self, from: $0) }
                let domains = try Data.fetchAll(database, sql: "SELECT record FROM domain")
                    .map { try decoder.decode(CustomDomainRecord.self, from: $0) }
                return (services, domains)
            }
        }
    }

    package func commit(_ changes: [RegistryChange]) throws {
        try perform("store a change of the registry") {
            try queue.write { database in
                let encoder = JSONEncoder()
                for change in changes {
                    switch change {
                    case .service(let organization, let name, .some(let record)):
                        try database.execute(
                            sql: "INSERT OR REPLACE INTO service VALUES (?, ?, ?)",
                            arguments: [organization.rawValue, name.rawValue, try encoder.encode(record)])
                    case .service(let organization, let name, nil):
                        try database.execute(
                            sql: "DELETE FROM service WHERE organization = ? AND name = ?",
                            arguments: [organization.rawValue, name.rawValue])
                    case .domain(let name, .some(let record)):
                        try database.execute(
                            sql: "INSERT OR REPLACE INTO domain VALUES (?, ?)",
                            arguments: [name.rawValue, try encoder.encode(record)])
                    case .domain(let name, nil):
                        try database.execute(sql: "DELETE FROM domain WHERE name = ?", arguments: [name.rawValue])
                    }
                }
            }
        }
    }
}
