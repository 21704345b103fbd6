"""A running network of `duet up` and what a person reads from its data folder."""

import json
import os
import subprocess

import requests

from duet_node import DuetNode
from gateway_client import GatewayClient, Identity


class Network:
    def __init__(self, folder, *options):
        self.node = DuetNode(folder, *(options or ("--port", "0")))
        self.folder = folder
        self.node.start()
        self.read()

    def read(self):
        self.data = self.folder / "data"
        self.description = json.loads((self.data / "network.json").read_text())
        self.channel = self.description["channel"]

    @property
    def orderer_folder(self):
        return self.data / "organizations" / "ordererOrganizations" / self.description["ordererDomain"]

    @property
    def orderer_authority(self):
        return (self.orderer_folder / "orderers" / f"orderer.{self.description['ordererDomain']}" / "tls" / "ca.crt")

    def organization_folder(self, organization=0):
        found = self.description["organizations"][organization]
        return self.data / "organizations" / "peerOrganizations" / found["domain"]

    def identity(self, organization=0, user="User1"):
        found = self.description["organizations"][organization]
        return Identity(
            found["name"], self.organization_folder(organization) / "users" / f"{user}@{found['domain']}")

    def orderer_admin(self):
        return Identity(
            self.description["ordererOrganization"],
            self.orderer_folder / "users" / f"Admin@{self.description['ordererDomain']}")

    def peer_authority(self, organization=0):
        found = self.description["organizations"][organization]
        root = self.organization_folder(organization)
        return (root / "peers" / f"peer0.{found['domain']}" / "tls" / "ca.crt").read_bytes()

    def peer_address(self, organization=0):
        return f"localhost:{self.description['organizations'][organization]['peerPorts'][0]}"

    def client(self, organization=0, user="User1"):
        return GatewayClient(
            self.peer_address(organization), self.peer_authority(organization), self.identity(organization, user),
            self.channel)

    def api(self, method, path, **options):
        return requests.request(method, self.node.address + path, timeout=60, **options)


def run_duet(*arguments, folder=None, status=0):
    """Runs the program to its end; what it printed on standard output and standard error."""
    program = os.path.abspath(os.environ.get("DUET_PROGRAM", ".build/debug/duet"))
    result = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120, cwd=folder)
    assert result.returncode == status, (arguments, result.returncode, result.stdout, result.stderr)
    return result.stdout, result.stderr
