import pytest

from duet_network import Network
from duet_node import DuetNode
from gateway_client import generate_messages


@pytest.fixture(scope="session")
def messages(tmp_path_factory):
    """Python modules of Protos/, for the clients that speak Fabric's protocols."""
    generate_messages(tmp_path_factory.mktemp("messages"))


@pytest.fixture(scope="module")
def network(tmp_path_factory, messages):
    """One network for all tests of a file that do not end it."""
    network = Network(tmp_path_factory.mktemp("network"))
    yield network
    assert network.node.stop() == 0


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """One node for all tests that do not end it."""
    node = DuetNode(tmp_path_factory.mktemp("duet")).start()
    yield node
    status = node.stop()
    assert status == 0


@pytest.fixture
def open_node(tmp_path):
    """As `own_node`, with functions that see the files of this machine: for tests that look at what functions write there."""
    node = DuetNode(tmp_path, "--no-network", "--sandbox", "none").start()
    yield node
    node.end()


@pytest.fixture
def own_node(tmp_path):
    """A node for one test alone, which may kill it."""
    node = DuetNode(tmp_path).start()
    yield node
    node.end()
