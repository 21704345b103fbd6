"""The worked example Examples/Grain: a limit per owner that each organisation decides, and a price that both are asked for."""

import os
import pathlib

import pytest

from duet_network import Network, run_duet

EXAMPLE = pathlib.Path(__file__).parents[2] / "Examples" / "Grain"
BOTH = "Org1MSP,Org2MSP"


@pytest.fixture(scope="module")
def grain(tmp_path_factory, messages):
    """The example's own program, with its template deployed for both organisations."""
    program = os.environ.get("DUET_PROGRAM", ".build/debug/duet")
    before = os.environ.get("DUET_PROGRAM")
    os.environ["DUET_PROGRAM"] = str(pathlib.Path(program).parent / "grain-duet")
    network = None
    try:
        network = Network(tmp_path_factory.mktemp("grain"))
        deploy(network, BOTH)
        yield network
    finally:
        if network is not None:
            assert network.node.stop() == 0
        if before is None:
            del os.environ["DUET_PROGRAM"]
        else:
            os.environ["DUET_PROGRAM"] = before


def deploy(network, organizations, **parameters):
    overrides = [word for name, value in parameters.items() for word in ("-p", f"{name}={value}")]
    run_duet("deploy", str(EXAMPLE), "--organization", organizations, "--node", network.node.address, *overrides)


def call(network, *arguments, status=0):
    """What the command prints, on whichever output."""
    return "".join(run_duet(
        "contract", "invoke", "grain", *arguments, "--data", str(network.data), status=status))


def test_a_sale_stands_at_the_price_that_both_organisations_know(grain):
    call(grain, "store", "l1", "wheat", "100", "Ada")
    assert "21000" in call(grain, "sell", "l1", "Bo")
    # Tomorrow's price: one organisation has it before the other.
    deploy(grain, "Org2MSP", Wheat=215)
    words = call(grain, "sell", "l1", "Cy", status=1)
    assert 'what function "grain/quote" answered to contract "grain"' in words
    assert "Org1MSP" in words and "Org2MSP" in words
    deploy(grain, "Org1MSP", Wheat=215)
    assert "21500" in call(grain, "sell", "l1", "Cy")
    deploy(grain, BOTH)


def test_each_organisation_has_a_limit_of_its_own(grain):
    call(grain, "store", "l2", "barley", "400", "Dee")
    assert "Org1MSP refused: Dee has 400 t and may have 500 t: 101 t are too many" in call(
        grain, "store", "l3", "barley", "101", "Dee", status=1)
    # One organisation changes its mind; the contract is what it was.
    deploy(grain, "Org2MSP", Limit=450)
    words = call(grain, "store", "l3", "barley", "60", "Dee", status=1)
    assert "Org2MSP refused: Dee has 400 t and may have 450 t: 60 t are too many" in words
    deploy(grain, BOTH)
    call(grain, "store", "l3", "barley", "60", "Dee")


def test_without_a_price_nothing_is_sold(grain):
    call(grain, "store", "l4", "oats", "1", "Eve")
    assert "there is no price of oats" in call(grain, "sell", "l4", "Bo", status=1)
