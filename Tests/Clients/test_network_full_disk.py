"""A disk that fills up: what was acknowledged stays, and nothing more is acknowledged than is kept."""

import os
import pathlib
import subprocess

import grpc
import pytest

from gateway_client import generate_messages
from network_node import NetworkNode

# Refusals that clients of gateways try again.
WORTH_A_RETRY = {
    grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ABORTED, grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.CANCELLED,
}


class SmallDisk:
    """A file system in memory that only processes in its own mount namespace see."""

    def __init__(self, mount_point, size):
        self.mount_point = mount_point
        # Holds the namespace, and with it the files, while nodes come and go.
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c",
             f"mount -t tmpfs -o size={size} tmpfs '{mount_point}' && echo ready && exec sleep 600"],
            stdout=subprocess.PIPE)
        if self.holder.stdout.readline() != b"ready\n":
            self.remove()
            pytest.skip("this user may not mount a file system")

    @property
    def prefix(self):
        return ["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt"]

    @property
    def path(self):
        """The files, seen from outside."""
        return pathlib.Path(f"/proc/{self.holder.pid}/root{self.mount_point}")

    def grow(self, size):
        subprocess.run(self.prefix + ["mount", "-o", f"remount,size={size}", str(self.mount_point)], check=True)

    def remove(self):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()


@pytest.fixture
def disk(tmp_path):
    generate_messages(tmp_path)
    mount_point = tmp_path / "disk"
    mount_point.mkdir()
    disk = SmallDisk(mount_point, "128m")
    yield disk
    disk.remove()


def test_a_full_disk_loses_nothing_that_was_acknowledged(disk, tmp_path):
    network = NetworkNode(tmp_path, folder_seen=disk.path, prefix=disk.prefix, data=disk.mount_point / "data")
    network.start()
    client = network.client()
    kept, refusals = [], []
    value = os.urandom(150_000).hex()
    for number in range(400):
        try:
            transaction_id, envelope = client.endorse("keyvalue", "put", f"key{number}", value, timeout=10)
            client.send(transaction_id, envelope, timeout=10)
            code, block = client.status(transaction_id, timeout=10)
            assert code == 0
            kept.append((transaction_id, block, number))
        except grpc.RpcError as error:
            refusals.append((error.code(), error.details()))
            if len(refusals) == 3:
                break
    assert len(kept) > 3
    assert len(refusals) == 3, "the disk never filled up"
    assert all(code in WORTH_A_RETRY for code, _ in refusals), refusals
    client.close()
    network.node.end()

    disk.grow("256m")
    network.start()
    for organization in (0, 1):
        client = network.client(organization)
        for transaction_id, block, number in kept:
            assert client.status(transaction_id) == (0, block)
        assert client.evaluate("keyvalue", "get", f"key{kept[-1][2]}") == value.encode()
        assert client.submit("keyvalue", "put", "after", "all")[1] == 0
        client.close()
    network.node.end()
