"""The registered mechanisms of grouping."""

from clustering.engine import mechanisms
from clustering.engine.group import Background


def test_the_current_mechanism_is_registered_under_its_own_name() -> None:
    assert mechanisms.current().name == mechanisms.CURRENT
    assert {name: mechanism.name for name, mechanism in mechanisms.MECHANISMS.items()} == {"v1": "v1", "v2": "v2"}


def test_joining_asks_for_more_than_founding() -> None:
    background = Background(0.12, 0.12, 100)
    assert mechanisms.current().rule(background).threshold > background.threshold()
