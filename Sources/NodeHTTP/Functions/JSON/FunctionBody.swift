internal import FunctionCore
internal import FunctionTypes

/// Reads members of a request's body with the message that names them.
struct FunctionBody {
    let json: JSONValue

    init(_ json: JSONValue) {
        self.json = json
    }

    private func refuse(_ name: String, _ what: String) -> FunctionError {
        FunctionError(
            .invalidArgument, "\(name) is \(json[name]?.jsonText.prefix(80) ?? "missing"): it must be \(what).")
    }

    func text(_ name: String) throws(FunctionError) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.stringValue else { throw refuse(name, "a text") }
        return text
    }

    func requiredText(_ name: String) throws(FunctionError) -> String {
        guard let text = try text(name), !text.isEmpty else { throw refuse(name, "given") }
        return text
    }

    func integer(_ name: String) throws(FunctionError) -> Int? {
        guard let value = json[name] else { return nil }
        guard let integer = value.integerValue else { throw refuse(name, "a whole number") }
        return Int(clamping: integer)
    }

    func boolean(_ name: String) throws(FunctionError) -> Bool? {
        guard let value = json[name] else { return nil }
        guard let boolean = value.boolValue else { throw refuse(name, "true or false") }
        return boolean
    }

    func object(_ name: String) throws(FunctionError) -> FunctionBody? {
        guard let value = json[name] else { return nil }
        guard value.objectValue != nil else { throw refuse(name, "an object") }
        return FunctionBody(value)
    }

    func array(_ name: String) throws(FunctionError) -> [JSONValue]? {
        guard let value = json[name] else { return nil }
        guard let array = value.arrayValue else { throw refuse(name, "a list") }
        return array
    }

    func texts(_ name: String) throws(FunctionError) -> [String]? {
        guard let array = try array(name) else { return nil }
        let texts = array.compactMap(\.stringValue)
        guard texts.count == array.count else { throw refuse(name, "a list of texts") }
        return texts
    }

    func name<Name: ResourceName>(_ type: Name.Type, _ member: String) throws(FunctionError) -> Name {
        try checked(type, try requiredText(member))
    }

    /// The qualifier in a member; `LATEST` if it is absent.
    func qualifier(_ name: String) throws(FunctionError) -> Qualifier? {
        guard let text = try text(name) else { return nil }
        do throws(InvalidResourceName) {
            return try Qualifier(validating: text)
        } catch {
            throw FunctionError(.invalidArgument, error.description)
        }
    }
}
