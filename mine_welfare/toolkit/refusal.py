"""A rule said no: the sentence for the person, heard by whoever keeps the log of the request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# The sentences said while one request is answered; None outside of one.
_said: ContextVar[list[str] | None] = ContextVar("refusals", default=None)


class Refused(Exception):
    """The rule said no; the message is the sentence to show. Nothing was written."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        said = _said.get()
        if said is not None:
            said.append(sentence)


@contextmanager
def heard() -> Iterator[list[str]]:
    """Every sentence said inside the block, also of a refusal that is caught and shown."""
    said: list[str] = []
    token = _said.set(said)
    try:
        yield said
    finally:
        _said.reset(token)
