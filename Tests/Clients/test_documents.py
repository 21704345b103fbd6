"""Documents say what is true: the commands of guides, run one after another in a fresh folder."""

import pathlib

import pytest

from runnable_document import RunnableDocument

DOCS = pathlib.Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["tutorial.md", "from-fabric.md", "from-function-compute.md"])
def test_the_commands_of_a_guide_work_as_written(name, tmp_path):
    assert RunnableDocument(DOCS / name, tmp_path).run() >= 5
