"""Every answer keeps out of caches and tells the browser to run nothing but ours."""

from accounts.roles import Role
from tests.architecture.addresses import all_pages

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


def faults_of(path, response):
    """Return what an answer's headers lack."""
    policy = {part.strip() for part in response.headers.get("Content-Security-Policy", "").split(";")}
    vary = {word.strip() for word in response.headers.get("Vary", "").split(",")}
    wanted = {
        "Cache-Control: no-store": response.headers.get("Cache-Control") == "no-store",
        "Content-Security-Policy": policy >= POLICY and "unsafe" not in str(policy),
        "Vary: HX-Request, Cookie": {"HX-Request", "Cookie"} <= vary,
        "X-Content-Type-Options: nosniff": response.headers.get("X-Content-Type-Options") == "nosniff",
        "Referrer-Policy: same-origin": response.headers.get("Referrer-Policy") == "same-origin",
        "X-Frame-Options: DENY": response.headers.get("X-Frame-Options") == "DENY",
        "Content-Language": response.headers.get("Content-Language") in {"sv", "en"},
    }
    return [f"{path} ({response.status_code}) lacks {header}" for header, there in wanted.items() if not there]


def test_every_page_signed_out(client, db):
    faults = [fault for page in all_pages() for fault in faults_of(page.path, client.get(page.path))]

    assert not faults, "\n".join(faults)


def test_every_page_signed_in(client, cast, sign_in):
    faults = []
    for role in Role:
        sign_in(client, cast.by_role()[role])
        # Each page once, as the first role that may enter.
        pages = [page.path for page in all_pages() if page.roles and role == min(page.roles, key=list(Role).index)]
        faults += [fault for path in [*pages, "/nothing/"] for fault in faults_of(path, client.get(path))]

    assert not faults, "\n".join(faults)


def test_lacking_headers_are_found(client, db):
    response = client.get("/livez/")
    response["Cache-Control"] = "max-age=60"
    response["Content-Security-Policy"] = "default-src 'none'; script-src 'self' 'unsafe-inline'"
    del response["Vary"]

    assert len(faults_of("/livez/", response)) == 3


def test_no_page_has_inline_style_or_script(client, cast, sign_in):
    sign_in(client, cast.principal)
    faults = []
    for page in all_pages():
        text = client.get(page.path).content.decode(errors="replace")
        faults += [
            f"{page.route} has {word}" for word in (" style=", "<style", " onclick=", " onload=") if word in text
        ]

    assert not faults, "\n".join(faults)
