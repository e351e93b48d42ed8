"""Answers of the framework itself, in words; and what was refused, in the log."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .refusal import heard

refusals = logging.getLogger("mine_welfare.refusals")


class RefusalLogMiddleware:
    """A line in the log for every POST that was told no: who, what, where, and the sentence they were shown.

    A rule's sentence is heard where it is said; what never reached a rule (an
    unknown row, a flood of text, a foreign form) says what the framework says.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        with heard() as said:
            response = self.get_response(request)
        if not said and response.status_code >= 400:
            said.append(getattr(request, "refused_because", "") or response.reason_phrase)
        for sentence in said:
            self._note(request, response, sentence)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        request.refused_because = str(exception)  # type: ignore[attr-defined]

    def _note(self, request: HttpRequest, response: HttpResponse, sentence: str) -> None:
        match = request.resolver_match
        verb = (match.kwargs.get("verb") or match.url_name) if match else None
        refusals.warning(
            "refused user=%s verb=%s address=%s status=%s %s",
            request.user.get_username() or "-",
            verb or "-",
            request.path,
            response.status_code,
            " ".join(sentence.split()),
        )


class MethodNotAllowedMiddleware:
    """A button's address opened by hand, or after signing in again, is an empty page: say what it is instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method in ("GET", "POST") and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response
