extension APICall {
    /// Whom the call is made for: the organisation of its key. Who needs no key may choose by the parameter `organization`.
    var organization: String {
        guard caller.credential == .loopback else { return caller.organization }
        return query("organization") ?? caller.organization
    }
}
