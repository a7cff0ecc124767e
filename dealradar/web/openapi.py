"""The OpenAPI 3.1 document, made of the same signatures that requests are held to."""

import inspect
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from dealradar.domain.shapes import MAX_ID
from dealradar.httpcache import policies
from dealradar.web.endpoint import NO_CONTENT, Endpoint
from dealradar.web.ops import Operation
from dealradar.web.problems import PROBLEM, Problem

JsonObject = dict[str, Any]
Mode = Literal["validation", "serialization"]
SchemaKey = tuple[Endpoint | str, str]

VERSION: Final = "3.1.0"
REF: Final = "#/components/schemas/{model}"
_PLACEHOLDER: Final = re.compile(r"<(?:(\w+):)?(\w+)>")
PATH_TYPES: Final[dict[str, JsonObject]] = {
    "int": {"type": "integer", "minimum": 1, "maximum": MAX_ID},
    "": {"type": "string", "minLength": 1, "pattern": "^[^/]+$"},
}
FAULTS: Final = {
    "400": "Malformed: not JSON, or a cursor of another list",
    "401": "Credentials are missing, or those shown are not valid",
    "403": "Not allowed",
    "404": "Absent, or not visible",
    "409": "Contradicts something that is already there",
    "412": "Has changed since the version named by If-Match",
    "413": "The body is too large",
    "415": "The body is not JSON",
    "422": "Fields that can't be accepted, each with its reason",
    "428": "If-Match is missing",
    "429": "Too many requests; Retry-After says when to come back",
    "503": "The database can't be reached; Retry-After says when to come back",
}
SECURITY_SCHEMES: Final[JsonObject] = {
    "token": {"type": "http", "scheme": "bearer", "description": "For people: from /api/auth/login."},
    "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "For machines."},
}
IF_MATCH: Final[JsonObject] = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "The ETag of the version that this change was made for.",
}
CACHE_FIELDS: Final = {
    "ETag": "Entity tag of this body.",
    "X-Cache": "HIT, MISS or BYPASS.",
    "Cache-Status": "How the answer was come by (RFC 9211).",
}


def document(endpoints: Iterable[Endpoint], operations: Iterable[Operation], *, version: str) -> JsonObject:
    """Return the description of *endpoints* below ``/api`` and of *operations* at the root, in the order given."""
    listed = tuple(endpoints)
    root = tuple(operations)
    schemas, definitions = _schemas(listed, root)
    paths: dict[str, JsonObject] = {}
    for endpoint in listed:
        path = "/api" + _PLACEHOLDER.sub(r"{\2}", endpoint.rule)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    for operation in root:
        paths[operation.path] = {"get": _root_operation(operation, schemas)}
    return {
        "openapi": VERSION,
        "info": {
            "title": "DealRadar",
            "version": version,
            "description": "Deals, reviews, discussions and reports of a community, from a cache that is never stale.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": SECURITY_SCHEMES,
            "responses": {status: _problem(text) for status, text in FAULTS.items()},
        },
    }


def _schemas(
    endpoints: tuple[Endpoint, ...], operations: tuple[Operation, ...]
) -> tuple[dict[Any, JsonObject], JsonObject]:
    wanted: list[tuple[SchemaKey, Mode, TypeAdapter[Any]]] = [
        (("", "problem"), "serialization", TypeAdapter(Problem)),
        *(
            ((operation.path, "returns"), "serialization", TypeAdapter(operation.shape))
            for operation in operations
            if operation.shape is not None
        ),
    ]
    for endpoint in endpoints:
        contract = endpoint.contract
        if contract.body is not None:
            wanted.append(((endpoint, "body"), "validation", TypeAdapter(contract.body)))
        if contract.returns is not None:
            wanted.append(((endpoint, "returns"), "serialization", contract.returns))
    made, shared = TypeAdapter.json_schemas(wanted, ref_template=REF)
    return {key: schema for (key, _), schema in made.items()}, shared.get("$defs", {})


def _operation(endpoint: Endpoint, schemas: dict[Any, JsonObject]) -> JsonObject:
    summary, _, description = (inspect.getdoc(endpoint.view) or "").partition("\n")
    operation: JsonObject = {
        "operationId": endpoint.name,
        "summary": summary.rstrip("."),
        "tags": [endpoint.family],
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint), *_preconditions(endpoint)],
        "responses": {str(endpoint.status): _success(endpoint, schemas), **_faults(endpoint)},
        "security": _security(endpoint),
    }
    if description.strip():
        operation["description"] = description.strip()
    if endpoint.contract.body is not None:
        content = {"application/json": {"schema": schemas[endpoint, "body"]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _root_operation(operation: Operation, schemas: dict[Any, JsonObject]) -> JsonObject:
    summary = (inspect.getdoc(operation.view) or "").partition("\n")[0]
    if operation.shape is None:
        content: JsonObject = {"text/plain": {"schema": {"type": "string"}}}
    else:
        content = {"application/json": {"schema": schemas[operation.path, "returns"]}}
    answers = {
        str(status): {"$ref": f"#/components/responses/{status}"}
        if status == HTTPStatus.FORBIDDEN
        else {"description": HTTPStatus(status).phrase, "content": content}
        for status in operation.statuses
    }
    return {
        "operationId": f"ops.{operation.view.__name__}",
        "summary": summary.rstrip("."),
        "tags": ["operations"],
        "parameters": [],
        "responses": {**answers, "401": {"$ref": "#/components/responses/401"}},
        "security": [{}, {"api_key": []}],
    }


def _path_parameters(endpoint: Endpoint) -> list[JsonObject]:
    return [
        {"name": name, "in": "path", "required": True, "schema": PATH_TYPES[kind]}
        for kind, name in _PLACEHOLDER.findall(endpoint.rule)
    ]


def _query_parameters(endpoint: Endpoint) -> list[JsonObject]:
    if endpoint.contract.query is None:
        return []
    schema = TypeAdapter(endpoint.contract.query).json_schema(ref_template=REF)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": _without_null(field),
            "description": field.get("description", ""),
        }
        for name, field in schema["properties"].items()
    ]


def _without_null(schema: JsonObject) -> JsonObject:
    """Return *schema* as a parameter has it: absent rather than null."""
    if "anyOf" not in schema:
        return {key: value for key, value in schema.items() if key != "description"}
    present = [option for option in schema["anyOf"] if option.get("type") != "null"]
    return present[0] if len(present) == 1 else {"anyOf": present}


def _preconditions(endpoint: Endpoint) -> list[JsonObject]:
    return [IF_MATCH] if endpoint.method in {"PATCH", "DELETE"} else []


def _success(endpoint: Endpoint, schemas: dict[Any, JsonObject]) -> JsonObject:
    if endpoint.status == NO_CONTENT:
        return {"description": "Done"}
    answer: JsonObject = {
        "description": "Done" if endpoint.method != "GET" else "Here it is",
        "content": {"application/json": {"schema": schemas[endpoint, "returns"]}},
    }
    if endpoint.method == "GET" and policies.find(endpoint.rule) is not None:
        answer["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in CACHE_FIELDS.items()
        }
    return answer


def _faults(endpoint: Endpoint) -> JsonObject:
    statuses = {"401", "429", "503"}
    if not endpoint.who.is_everyone:
        statuses |= {"403"}
    if "<" in endpoint.rule or endpoint.method in {"POST", "PUT"}:
        statuses |= {"404"}
    if endpoint.contract.query is not None:
        statuses |= {"400", "422"}
    if endpoint.contract.body is not None:
        statuses |= {"400", "409", "413", "415", "422"}
    if endpoint.method in {"PATCH", "DELETE"}:
        statuses |= {"412", "428"}
    faults = {status: {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}
    if endpoint.method == "GET":
        faults["304"] = {"description": "The client has it already"}
    return faults


def _problem(description: str) -> JsonObject:
    return {
        "description": description,
        "content": {PROBLEM: {"schema": {"$ref": REF.format(model=Problem.__name__)}}},
    }


def _security(endpoint: Endpoint) -> list[JsonObject]:
    ways: list[JsonObject] = []
    if endpoint.who.is_everyone:
        ways.append({})
    if endpoint.who.role is not None or endpoint.who.is_everyone:
        ways.append({"token": []})
    if endpoint.who.scope is not None:
        ways.append({"api_key": []})
    return ways
