"""A node with a network, and what a person reads from its data folder."""

import json

import grpc

from duet_node import DuetNode
from gateway_client import GatewayClient, Identity


class NetworkNode:
    def __init__(self, folder, *options, folder_seen=None, **node_options):
        """`folder_seen`: where the folder that holds the node's data is for us, if not at `folder`."""
        self.data = (folder_seen or folder) / "data"
        self.node = DuetNode(folder, "--port", "0", *options, **node_options)

    def start(self):
        self.node.start()
        self.description = json.loads((self.data / "network.json").read_text())
        return self

    def organization_folder(self, organization=0):
        return self.data / "organizations" / "peerOrganizations" / self.description["organizations"][organization]["domain"]

    def peer_port(self, organization=0):
        return self.description["organizations"][organization]["peerPorts"][0]

    def orderer_port(self):
        return self.description["ordererPort"]

    def peer_authority(self, organization=0):
        domain = self.description["organizations"][organization]["domain"]
        return (self.organization_folder(organization) / "peers" / f"peer0.{domain}" / "tls" / "ca.crt").read_bytes()

    def orderer_authority(self):
        folder = self.data / "organizations" / "ordererOrganizations" / self.description["ordererDomain"]
        return next(folder.glob("orderers/*/tls/ca.crt")).read_bytes()

    def client(self, organization=0, user="User1", tls_identity=None):
        found = self.description["organizations"][organization]
        identity = Identity(found["name"], self.organization_folder(organization) / "users" / f"{user}@{found['domain']}")
        return GatewayClient(
            f"localhost:{self.peer_port(organization)}", self.peer_authority(organization), identity,
            self.description["channel"], tls_identity=tls_identity)

    def orderer_connection(self, tls_identity=None):
        key, certificate = tls_identity or (None, None)
        return grpc.secure_channel(
            f"localhost:{self.orderer_port()}",
            grpc.ssl_channel_credentials(
                root_certificates=self.orderer_authority(), private_key=key, certificate_chain=certificate))
