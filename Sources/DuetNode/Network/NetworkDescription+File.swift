internal import Foundation

extension NetworkDescription {
    /// The network of a data folder; nil if it has none.
    ///
    /// - Throws: ``NodeConfigurationError`` if there is something else.
    package static func kept(in folder: String) throws -> NetworkDescription? {
        let path = "\(folder)/\(NetworkFiles.descriptionName)"
        guard let text = FileManager.default.contents(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(NetworkDescription.self, from: text)
        } catch {
            throw NodeConfigurationError(problems: [
                "\"\(path)\" does not describe a network (\(error)). Restore it from a copy, or start over with --fresh."
            ])
        }
    }

    /// Puts the description into a data folder, durably.
    func keep(in folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try DurableFile.write([UInt8](try encoder.encode(self)), to: "\(folder)/\(NetworkFiles.descriptionName)")
    }
}

extension NetworkRequest {
    /// What keeps a network that is there from being what is asked for, a sentence each.
    package func problems(against founded: NetworkDescription) -> [String] {
        differences(from: founded).map { difference in
            "The network in this folder was founded with the \(difference.what) \"\(difference.there)\", and "
                + "\"\(difference.asked)\" is asked for. That is fixed: start without the setting, with another data folder, or "
                + "over again with --fresh."
        }
    }
}
