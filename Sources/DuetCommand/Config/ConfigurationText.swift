/// The `duet.yaml` to begin with. Every setting stands in it with its default, commented out by `#`; where exactly one space
/// follows the `#`, something is explained.
enum ConfigurationText {
    static let text = """
        # Settings of a Duet node. "duet up" reads this file from the current folder, or from its data folder, or where
        # --config says; options on the command line prevail. "duet config check" tells what is wrong, "duet config show"
        # what is in force. Paths count from this file's folder. A change takes effect at the next start.

        # The folder with everything the node keeps.
        #data: .duet

        # Where functions, logs and the JSON API listen. Off loopback the listener needs TLS, or "insecure: true".
        #listen: ['127.0.0.1:8080']

        # PEM files for that listener. Without them it speaks plain HTTP.
        #tls:
        #  certificate: server.crt
        #  key: server.key

        # Names besides localhost that the node is reached by.
        #hostNames: []

        # Whom calls without an access key act for; else the network's first organisation. They are answered on loopback alone.
        #organization: Org1MSP

        # Ask for an access key on loopback too. The keys are in access-keys.json in the data folder: see "duet key".
        #requireKey: false

        # How functions are confined: bubblewrap, or none. Unconfined they can do whatever the user of the node can, and every call
        # needs an access key.
        #sandbox: bubblewrap

        # Allow addresses that other machines reach without TLS.
        #insecure: false

        # trace, debug, info, notice, warning, error or critical.
        #logLevel: notice

        #network:
        # false runs functions and logs alone, without a ledger.
        #  enabled: true

        # From here to "batch": fixed by the first start, since certificates and the channel's first block say the same. A later
        # start that asks otherwise is refused; "duet up --fresh" founds the network anew.
        #  channel: mychannel

        # Names, or maps with name, domain, peers or ports, such as
        # {name: Org1MSP, domain: org1.example.com, ports: [7051, 8051]}
        #  organizations: [Org1MSP, Org2MSP]

        # Peers of each organisation, 1 to 10.
        #  peers: 1

        # Of orderer and peers.
        #  tls: true

        # The channel's: V2_0, or V3_0 for Ed25519 identities.
        #  capability: V2_0

        # Whose the orderer is, and the domain below which its name lies.
        #  orderer:
        #    organization: OrdererMSP
        #    domain: example.com

        # Port 0 lets the system choose all ports of the network, once.
        #    port: 7050

        # The port for osnadmin.
        #    adminPort: 7053

        # Upper bounds of a block; a lone transaction does not wait for them. Config updates change them later.
        #  batch:
        #    timeout: 2s
        #    maxMessageCount: 500
        #    absoluteMaxBytes: 10485760
        #    preferredMaxBytes: 2097152

        # The address that orderer and peers listen on.
        #  bind: 127.0.0.1

        # Whether callers of peers and orderer must show a TLS certificate of one of the organisations.
        #  mutualTLS: false

        # Linked contracts to deploy: names, or maps with name, policy and initRequired. Without this setting all are deployed.
        #  contracts:
        #    - name: keyvalue
        #      policy: "OR('Org1MSP.peer', 'Org2MSP.peer')"
        #      initRequired: false

        #gateway:
        # Turn a transaction away that can only lose a read conflict, before it is ordered.
        #  abortStale: true

        # Seconds that one peer may take to endorse.
        #  endorsementTimeout: 30

        # Bounds of new calls by one identity and by one organisation; without them there is none.
        #  identityCallsPerSecond: 1000
        #  organizationCallsPerSecond: 5000

        #limits:
        # Bytes of one gRPC message.
        #  messageBytes: 104857600

        # Open connections of each listener; without this setting 2048 of gRPC and 1024 of HTTP.
        #  connections: 2048

        # Spans of checks, functions, triggers and transactions for an OpenTelemetry collector, over OTLP/HTTP. Nothing is sent
        # without an endpoint; a path other than /v1/traces is put before it.
        #tracing:
        #  endpoint: http://127.0.0.1:4318

        # protobuf or json.
        #  protocol: protobuf

        # Lines that each request carries, such as 'Authorization: Bearer …'.
        #  headers: []

        # What the spans call this node.
        #  serviceName: duet

        """
}
