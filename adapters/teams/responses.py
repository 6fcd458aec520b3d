"""What Microsoft's servers answer, read without trust in its shape."""

import re

import requests

from adapters.teams.activity import JsonObject

_LONGEST_PAUSE_S = 3600.0


def object_in(response: requests.Response) -> JsonObject:
    """The object that the body is, empty where it is anything else."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def asked_pause_s(response: requests.Response) -> float | None:
    """The pause asked for, at most an hour; Teams never names a date."""
    asked = response.headers.get("Retry-After", "")
    if not re.fullmatch(r"\d{1,9}", asked):
        return None
    return min(float(asked), _LONGEST_PAUSE_S)
