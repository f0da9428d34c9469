"""Headers that every page of ours carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponse]


POLICY = {
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def private_pages(get_response: GetResponse) -> GetResponse:
    """Keep pages out of every cache and other sites, and partials apart from pages.

    Pages are about children: neither the browser nor a proxy may store them. Static files are served
    before this and are cached as usual.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in POLICY.items():
            response[name] = value
        patch_vary_headers(response, ["HX-Request"])
        return response

    return middleware
