"""Each request that Django answers has a name of its own: in its log lines, in a header, and on a page that says no."""

import secrets
from contextvars import ContextVar

HEADER = "X-Request-ID"
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that sound or look like another on the telephone
_current: ContextVar[str] = ContextVar("request id", default="")


def give_request_id(get_response):
    """
    Middleware, the outermost. What a client says of its own is not believed.

    A published page goes without: it is kept, and answers many.
    """

    def middleware(request):
        request.request_id = _fresh_id()
        token = _current.set(request.request_id)
        try:
            response = get_response(request)
        finally:
            _current.reset(token)
        if not getattr(response, "is_published", False):
            response[HEADER] = request.request_id
        return response

    return middleware


def id_of(record) -> str:
    """The request that a log record is about, or nothing."""
    return getattr(getattr(record, "request", None), "request_id", "") or _current.get()


def _fresh_id():
    letters = "".join(secrets.choice(LETTERS) for _letter in range(8))
    return f"{letters[:4]}-{letters[4:]}"
