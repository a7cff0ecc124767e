"""A stand-in of CloudFront's CreateInvalidation, as its reference documents it."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree as ET

from tests.servers.origin import Page
from tests.servers.vendor import Call, Edge, Vendor

NAMESPACE: Final = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
MAX_TAGS: Final = 50
MAX_ITEMS: Final = 3_000
MAX_WILDCARDS: Final = 15
TAG: Final = re.compile(r"#[!-+\--~]{1,256}")
SIGNED: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/cloudfront/aws4_request, "
    r"SignedHeaders=([^,]+), Signature=(\w+)"
)


class CloudFrontEdge:
    """One distribution that reads tags: *edge* is what it keeps under which.

    Invalidations count as in progress until `complete`, though the edge forgets at once.
    """

    def __init__(self, distribution_id: str, key_id: str, secret_key: str) -> None:
        self.edge = Edge()
        self.api = Vendor(self._respond)
        self.items_in_progress = 0
        self.wildcards_in_progress = 0
        self.session_token: str | None = None
        self._references: dict[str, tuple[str, ...]] = {}
        self._distribution_id = distribution_id
        self._key_id = key_id
        self._secret_key = secret_key

    def keep(self, address: str, headers: Mapping[str, str]) -> None:
        """Keep an answer that came with *headers*, and 50 of its tags at most."""
        tags = headers.get("Cache-Tag", "").lower().split(",")[:MAX_TAGS]
        self.edge.keep(address, *(f"#{tag.strip()}" for tag in tags if tag.strip()))

    def complete(self) -> None:
        """Complete what is in progress."""
        self.items_in_progress = self.wildcards_in_progress = 0

    def _respond(self, call: Call) -> Page:
        if not self._is_signed(call):
            return _refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
        if call.path != f"/2020-05-31/distribution/{self._distribution_id}/invalidation":
            return _refusal(404, "NoSuchDistribution", "The specified distribution does not exist.")
        batch = ET.fromstring(call.body)  # noqa: S314  our own program sent it
        if batch.tag != f"{{{NAMESPACE}}}InvalidationBatch":
            return _refusal(400, "MalformedXML", "The root isn't an InvalidationBatch.")
        items = tuple(item.text or "" for item in batch.iterfind(".//{*}Items/{*}Path"))
        if int(batch.findtext("{*}Paths/{*}Quantity", "-1")) != len(items):
            return _refusal(400, "InconsistentQuantities", "The value of Quantity and the size of Items don't match.")
        return self._invalidate(items, batch.findtext("{*}CallerReference", ""))

    def _invalidate(self, items: tuple[str, ...], reference: str) -> Page:
        if not items or not reference or not all(item.startswith("/") or TAG.fullmatch(item) for item in items):
            return _refusal(400, "InvalidArgument", "Your request contains one or more invalid invalidation paths.")
        if reference in self._references:
            is_same = self._references[reference] == items
            # Known already: nothing is invalidated anew.
            return _accepted() if is_same else _refusal(409, "InvalidationBatchAlreadyExists", "Another one has it.")
        wildcards = sum(item.endswith("*") for item in items)
        if (
            self.wildcards_in_progress + wildcards > MAX_WILDCARDS
            or self.items_in_progress + len(items) - wildcards > MAX_ITEMS
        ):
            return _refusal(400, "TooManyInvalidationsInProgress", "Processing your request will exceed the limit.")
        self._references[reference] = items
        self.wildcards_in_progress += wildcards
        self.items_in_progress += len(items) - wildcards
        if "/*" in items:
            self.edge.purge_all()
        self.edge.purge([item.lower() for item in items])
        return _accepted()

    def _is_signed(self, call: Call) -> bool:
        """Return whether the signature is right ("AWS Signature Version 4"), made here from the secret key alone."""
        signed = SIGNED.fullmatch(call.headers.get("authorization", ""))
        if (
            signed is None
            or signed[1] != self._key_id
            or call.headers.get("x-amz-security-token") != self.session_token
        ):
            return False
        _, day, region, names, signature = signed.groups()
        fields = "".join(f"{name}:{call.headers[name].strip()}\n" for name in names.split(";"))
        body = hashlib.sha256(call.body).hexdigest()
        request = f"{call.method}\n{quote(call.path)}\n\n{fields}\n{names}\n{body}"
        scope = f"{day}/{region}/cloudfront/aws4_request"
        text = (
            f"AWS4-HMAC-SHA256\n{call.headers['x-amz-date']}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        )
        key = f"AWS4{self._secret_key}".encode()
        for part in (*scope.split("/"), text):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.compare_digest(key.hex(), signature)


def _accepted() -> Page:
    body = f'<Invalidation xmlns="{NAMESPACE}"><Id>I2J0I21PCUYOIK</Id><Status>InProgress</Status></Invalidation>'
    return Page(body.encode(), 201, {"Content-Type": "text/xml"})


def _refusal(status: int, code: str, message: str) -> Page:
    body = (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{message}</Message></Error><RequestId>4b4e4b4e</RequestId></ErrorResponse>"
    )
    return Page(body.encode(), status, {"Content-Type": "text/xml"})
