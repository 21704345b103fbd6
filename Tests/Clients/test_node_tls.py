"""A node that speaks HTTPS with a certificate that signs itself, and the commands that call it."""

import os
import subprocess

import pytest

from certificates import self_signed
from duet_node import DuetNode


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    folder = tmp_path_factory.mktemp("node")
    certificate, key = self_signed(folder)
    (folder / "duet.yaml").write_text(f"tls: {{certificate: {certificate.name}, key: {key.name}}}\n")
    node = DuetNode(folder, "--no-network", "--config", str(folder / "duet.yaml")).start()
    yield node
    assert node.stop() == 0


def projects(node, *options, **variables):
    return subprocess.run(
        [os.environ.get("DUET_PROGRAM", ".build/debug/duet"), "logs", "projects", "--node", node.address, *options],
        env={**os.environ, **variables}, capture_output=True, text=True, timeout=60, check=False)


def test_commands_trust_the_authority_they_are_given(node):
    assert node.address.startswith("https://")
    authority = str(node.folder / "server.crt")
    for answer in [projects(node, "--node-ca", authority), projects(node, DUET_NODE_CA=authority)]:
        assert answer.returncode == 0 and "duet-node" in answer.stdout, answer.stderr


def test_commands_trust_nobody_else(node):
    refused = projects(node)
    assert refused.returncode != 0 and "not trusted" in refused.stderr and "--node-ca" in refused.stderr
    useless = projects(node, "--node-ca", str(node.folder / "server.key"))
    assert useless.returncode != 0 and "holds no certificate" in useless.stderr
