"""How far long work has come, told to whoever listens."""

from collections.abc import Callable

Listener = Callable[[int, int], None]  # so much is done, of so much
Stages = Callable[[str, str], Listener]  # a stage begins: what is done, and what is counted; who hears how far it came


def unheard(done: int, whole: int) -> None:
    """Nobody listens."""


def unheard_stages(stage: str, unit: str) -> Listener:
    """Nobody listens to any stage."""
    return unheard
