internal import Foundation
internal import FunctionTypes
internal import HTTPTypes
internal import LogCore

/// Decides who makes a Function Compute call, and for which organisation.
struct FunctionAccess: Sendable {
    /// How far a signed `Date` may be from the node's clock; Function Compute: about 15 minutes.
    static let clockSkewSecondsMax: TimeInterval = 15 * 60

    let control: AccessControl
    /// Whose functions calls mean that name no organisation.
    let defaultOrganization: OrganizationName
    let now: @Sendable () -> Date

    /// Who calls, with at least `role`.
    ///
    /// - Throws: ``FunctionError`` if there is no valid signature where one is needed, or the key may not do this.
    func caller(
        of request: IncomingRequest, atLeast role: AccessKey.Role, signsQuery: Bool
    ) throws(FunctionError) -> (organization: OrganizationName, role: AccessKey.Role) {
        let caller: Caller
        var isAnonymous = false
        if let signed = try signedCaller(of: request, signsQuery: signsQuery) {
            caller = signed
        } else if let bearer = try bearerCaller(of: request) {
            caller = bearer
        } else if let session = control.sessionCaller(of: request) {
            caller = session
        } else if let anonymous = control.anonymousCaller(of: request) {
            caller = anonymous
            isAnonymous = true
        } else {
            throw FunctionError(
                .accessDenied, "This call needs a signature: send \"Authorization: FC <access key id>:<signature>\".")
        }
        guard caller.role >= role else {
            throw FunctionError(
                .accessDenied,
                "The access key has the role \"\(caller.role.rawValue)\"; this call needs \"\(role.rawValue)\".")
        }
        let own = try Self.organization(caller.organization)
        // Only who needs no key may choose; a key belongs to one organisation.
        return (isAnonymous ? try chosenOrganization(of: request) ?? own : own, caller.role)
    }

    /// The organisation whose function a call through an HTTP trigger means; the caller need not be anybody.
    func proxyOrganization(of request: IncomingRequest) throws(FunctionError) -> OrganizationName {
        // A wrong signature is refused where one is needed.
        if let signed = try? signedCaller(of: request, signsQuery: true) {
            return try Self.organization(signed.organization)
        }
        return try chosenOrganization(of: request) ?? defaultOrganization
    }

    private func chosenOrganization(of request: IncomingRequest) throws(FunctionError) -> OrganizationName? {
        guard let name = HTTPField.Name("x-fc-account-id"), let text = request.headers[name], !text.isEmpty else {
            return nil
        }
        return try Self.organization(text)
    }

    private static func organization(_ text: String) throws(FunctionError) -> OrganizationName {
        do throws(InvalidResourceName) {
            return try OrganizationName(validating: text)
        } catch {
            throw FunctionError(.invalidArgument, error.description)
        }
    }

    /// `Authorization: Bearer <id>.<secret>`, as the JSON API takes it.
    private func bearerCaller(of request: IncomingRequest) throws(FunctionError) -> Caller? {
        guard request.headers[.authorization]?.lowercased().hasPrefix("bearer ") == true else { return nil }
        do throws(AccessRefusal) {
            return try control.caller(of: request)
        } catch {
            throw FunctionError(.accessDenied, error.message)
        }
    }

    /// Nil if the call carries no signature of ours.
    private func signedCaller(
        of request: IncomingRequest, signsQuery: Bool
    ) throws(FunctionError) -> Caller? {
        if let header = request.headers[.authorization] {
            guard let credential = FunctionSignature.Credential(authorization: header) else { return nil }
            let date = try checkedDate(of: request)
            return try verify(
                credential, request, date: date, query: signsQuery ? request.target.queryItems : nil)
        }
        guard let signature = request.target.query(FunctionSignature.signatureName),
            let keyID = request.target.query(FunctionSignature.keyIDName)
        else { return nil }
        guard let expires = request.target.query(FunctionSignature.expiresName), let seconds = Int64(expires) else {
            throw FunctionError(.missingRequiredHeader, "A presigned address needs \"x-fc-expires\", in Unix seconds.")
        }
        guard Double(seconds) > now().timeIntervalSince1970 else {
            throw FunctionError(
                .accessDenied, "The presigned address expired at \(Timestamp(seconds: seconds).iso8601).")
        }
        return try verify(
            .init(keyID: keyID, signature: signature), request, date: expires,
            query: request.target.queryItems.filter { $0.name != FunctionSignature.signatureName })
    }

    private func checkedDate(of request: IncomingRequest) throws(FunctionError) -> String {
        guard let date = request.headers[.date] ?? HTTPField.Name("x-fc-date").flatMap({ request.headers[$0] }) else {
            throw FunctionError(.missingRequiredHeader, "A signed call needs the header \"Date\".")
        }
        guard let signed = HTTPDate.parse(date) else {
            throw FunctionError(
                .invalidArgument, "Date is \"\(date.prefix(60))\": write it as \"Thu, 01 Feb 2024 03:04:05 GMT\".")
        }
        guard abs(Double(signed.seconds) - now().timeIntervalSince1970) <= Self.clockSkewSecondsMax else {
            throw FunctionError(
                .accessDenied,
                "Date is \"\(date.prefix(60))\", more than 15 minutes from this node's clock. Set the clock right.")
        }
        // What is signed is the `Date` header, also where another one tells the time.
        return request.headers[.date] ?? ""
    }

    private func verify(
        _ credential: FunctionSignature.Credential, _ request: IncomingRequest, date: String,
        query: [RequestTarget.QueryItem]?
    ) throws(FunctionError) -> Caller {
        guard let key = control.keys.accessKey(id: credential.keyID) else {
            throw FunctionError(
                .invalidAccessKeyID, "Access key \"\(credential.keyID.prefix(128))\" is not known on this node.")
        }
        let text = FunctionSignature.stringToSign(
            method: request.method.rawValue, path: request.target.path, date: date, headers: request.headers,
            query: query)
        guard FunctionSignature.isValid(credential.signature, of: text, secret: key.secret) else {
            throw FunctionError(
                .signatureNotMatch,
                "The signature does not match. This node signed \"\(text.replacingOccurrences(of: "\n", with: "\\n"))\"."
            )
        }
        return Caller(key: key)
    }
}
