// Membership (values).
//
// Who somebody is and what they may do: X.509 identities and MSPs, signatures, policies, channel configuration and its
// updates, and the making of identities for development.
