/// Who a request acts for, after its credential was checked.
package struct Caller: Hashable, Sendable {
    package enum Credential: Hashable, Sendable {
        case accessKey(id: String)
        /// No credential, from this machine, under a loopback `Host`.
        case loopback
    }

    package let credential: Credential
    package let organization: String
    package let role: AccessKey.Role

    package init(key: AccessKey) {
        self.init(credential: .accessKey(id: key.id), organization: key.organization, role: key.role)
    }

    package init(credential: Credential, organization: String, role: AccessKey.Role) {
        self.credential = credential
        self.organization = organization
        self.role = role
    }
}

/// Why a request was not let in. Each surface maps it to its own codes.
package struct AccessRefusal: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// No credential, and one is needed. HTTP 401.
        case credentialMissing
        /// The key is not known, or the secret or signature does not match. HTTP 401 or 403.
        case credentialWrong
        /// The caller is known but may not do this. HTTP 403.
        case forbidden
    }

    package let code: Code
    package let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
}
