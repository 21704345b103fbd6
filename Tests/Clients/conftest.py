import pytest

from duet_node import DuetNode


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """One node for all tests that do not end it."""
    node = DuetNode(tmp_path_factory.mktemp("duet")).start()
    yield node
    status = node.stop()
    assert status == 0


@pytest.fixture
def own_node(tmp_path):
    """A node for one test alone, which may kill it."""
    node = DuetNode(tmp_path).start()
    yield node
    node.end()
