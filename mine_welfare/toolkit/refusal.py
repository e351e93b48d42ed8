"""A rule said no."""


class Refused(Exception):
    """The rule said no; the message is the sentence to show. Nothing was written."""
