"""Reading a GraphQL request off the wire: strictly, and never a 500."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from gateway.execution.problems import RequestRefused
from gateway.execution.run import GraphQLRequest
from gateway.execution.trusted import Trusted
from services.kit.errors import MalformedBody
from services.kit.strict import parse_json

BODY_BYTES = 256 * 1024
JSON_TYPE = "application/json"
RESPONSE_TYPE = "application/graphql-response+json"
STREAM_TYPE = "text/event-stream"
LONGEST_NAME = 200


def read_body(raw: bytes, content_type: str, trusted: Trusted) -> GraphQLRequest:
    """Return the request of a POST; raises RequestRefused."""
    if content_type.partition(";")[0].strip().lower() != JSON_TYPE:
        raise RequestRefused("UNSUPPORTED_MEDIA_TYPE", message="Send the request as application/json.")
    try:
        found = parse_json(raw)
    except MalformedBody as error:
        raise RequestRefused("BAD_USER_INPUT", message=error.detail) from None
    if not isinstance(found, dict):
        raise RequestRefused("BAD_USER_INPUT", message="The body must be one JSON object with `query`; batches are not taken.")
    return read_request(found, trusted)


def read_address(query: bytes, headers: Mapping[str, str], trusted: Trusted) -> GraphQLRequest:
    """Return the request of a GET: a trusted document by its hash, and only with a header that a page of another site cannot send."""
    if RESPONSE_TYPE not in headers.get("accept", "") and "x-requested-with" not in headers:
        raise RequestRefused("BAD_USER_INPUT", message=f"A GET needs Accept: {RESPONSE_TYPE}, or X-Requested-With.")
    try:
        given = dict(parse_qsl(query.decode("ascii"), max_num_fields=5))
        variables = parse_json(given["variables"].encode()) if given.get("variables") else None
    except (ValueError, MalformedBody):
        raise RequestRefused("BAD_USER_INPUT", message="The query string cannot be read.") from None
    if not given.get("documentId"):
        raise RequestRefused("BAD_USER_INPUT", message="A GET asks for a trusted document: send `documentId`. Send any other query by POST.")
    return read_request({"documentId": given["documentId"], "operationName": given.get("operationName"), "variables": variables}, trusted)


def read_request(found: Mapping[str, Any], trusted: Trusted) -> GraphQLRequest:
    """Return the request of a JSON object; raises RequestRefused when a part is missing or of the wrong kind."""
    name, variables = found.get("operationName"), found.get("variables")
    document, hashed = trusted.text(found)
    query = document if hashed else found.get("query")
    if not isinstance(query, str) or not query.strip():
        raise RequestRefused("BAD_USER_INPUT", message="`query` must be a GraphQL document.")
    if name is not None and (not isinstance(name, str) or len(name) > LONGEST_NAME):
        raise RequestRefused("BAD_USER_INPUT", message="`operationName` must be a name.")
    if variables is not None and not isinstance(variables, dict):
        raise RequestRefused("BAD_USER_INPUT", message="`variables` must be a JSON object.")
    return GraphQLRequest(query, name or None, variables or {}, hashed)


def accepted(header: str) -> str:
    """Return the media type to answer in, by the Accept header: the first of ours that it names, JSON otherwise."""
    for part in header.lower().split(","):
        kind = part.partition(";")[0].strip()
        if kind in {RESPONSE_TYPE, STREAM_TYPE}:
            return kind
        if kind in {JSON_TYPE, "application/*", "*/*"}:
            return JSON_TYPE
    return JSON_TYPE
