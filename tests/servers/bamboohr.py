"""A BambooHR with a memory, held to the vendor's own contract.

Paths, parameters, credentials and answers are checked against an excerpt of the vendor's OpenAPI file (tests/fixtures/bamboohr); what is answered comes from
`people` and `tables`, which a test may change between two reads.
"""

import base64
import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from tests.servers.http import Answer, Call

KEY = "bamboo-key-0123456789"
EXCERPT = Path(__file__).parents[1] / "fixtures/bamboohr/openapi_excerpt.json"


@cache
def contract() -> dict[str, Any]:
    return json.loads(EXCERPT.read_text())


def operation(method: str, path: str) -> dict[str, Any] | None:
    """The operation of the contract that a call means."""
    ordered = sorted(contract()["paths"].items(), key=lambda found: found[0].count("{"))
    for template, operations in ordered:
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) and method.lower() in operations:
            return operations[method.lower()]
    return None


def _schema(node: Any) -> Any:
    """References resolved, so that a schema stands alone."""
    if isinstance(node, dict):
        if "$ref" in node:
            _, _, kind, name = node["$ref"].split("/")
            return _schema(contract()["components"][kind][name])
        return {name: _schema(value) for name, value in node.items()}
    return [_schema(value) for value in node] if isinstance(node, list) else node


def break_of_contract(call: Call) -> str | None:
    """Why the vendor would refuse the call; None where the contract allows it."""
    found = operation(call.method, call.path)
    if found is None:
        return f"no operation {call.method} {call.path}"
    parameters = [_schema(entry) for entry in found.get("parameters", [])]
    queries = {entry["name"]: entry for entry in parameters if entry["in"] == "query"}
    for entry in queries.values():
        if entry.get("required") and entry["name"] not in call.query:
            return f"parameter {entry['name']} is missing"
    unknown = [name for name in call.query if name.partition("[")[0] not in queries]
    if unknown:
        return f"unknown parameters {unknown}"
    if call.body:
        schema = _schema(found["requestBody"]["content"]["application/json"]["schema"])
        try:
            jsonschema.validate(call.json, schema)
        except jsonschema.ValidationError as problem:
            return problem.message
    return None


def assert_within_contract(call: Call, content: Any) -> None:
    """The fake's own answer must be one that the vendor could give."""
    found = operation(call.method, call.path)
    jsonschema.validate(content, _schema(found["responses"]["200"]["content"]["application/json"]["schema"]))


@dataclass
class BambooHR:
    """One tenant. `people`: id -> employee record; `tables`: table -> id -> rows; `changed`: ids that a "changed since" names."""

    people: dict[str, dict[str, Any]]
    tables: dict[str, dict[str, list[dict[str, Any]]]]
    changed: set[str] = field(default_factory=set)
    hidden_fields: set[str] = field(default_factory=set)
    page_size: int | None = None
    bad_pages: int = 0

    def __call__(self, call: Call) -> Answer:
        expected = "Basic " + base64.b64encode(f"{KEY}:x".encode()).decode()
        if call.headers.get("authorization") != expected:
            return Answer({"error": "Unauthorized"}, 401)
        problem = break_of_contract(call)
        if problem:
            return Answer({"error": {"code": "BadRequest", "message": problem}}, 400)
        if call.path == "/api/v1/employees":
            return self._employees(call)
        if call.path == "/api/v2/datasets/employee/data":
            return self._dataset(call)
        changed = re.fullmatch(r"/api/v1/employees/changed/tables/(\w+)", call.path)
        if changed:
            table = self.tables[changed.group(1)]
            people = {
                person: {
                    "lastChanged": "2026-11-01T00:00:00Z",
                    "rows": [self._without_id(row) for row in table.get(person, [])],
                }
                for person in sorted(self.changed)
            }
            return self._answer(call, {"table": changed.group(1), "employees": people})
        whole = re.fullmatch(r"/api/v1/employees/all/tables/(\w+)", call.path)
        if whole:
            rows = [
                {"employeeId": person, **row} for person, rows in self.tables[whole.group(1)].items() for row in rows
            ]
            return self._answer(call, rows)
        return Answer({"error": "no such table"}, 404)

    def _dataset(self, call: Call) -> Answer:
        """People by the dataset's own field names (`eeid` and `email` differ from the employee list's), texts only, page by page."""
        names = {"eeid": "employeeId", "email": "workEmail"}
        page, size = call.json["page"], self.page_size or call.json["pageSize"]
        ids = sorted(self.people, key=int)
        shown = ids[(page - 1) * size : page * size]
        data = [
            {
                "fields": {
                    name: str(self.people[person].get(names.get(name, name)) or "") for name in call.json["fields"]
                }
            }
            for person in shown
        ]
        meta = {"page": page, "pageSize": size, "totalPages": -(-len(ids) // size), "totalItems": len(ids)}
        return self._answer(call, {"data": data, "meta": meta, "links": {"next": None, "prev": None}})

    @staticmethod
    def _without_id(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name != "id"}

    def _employees(self, call: Call) -> Answer:
        after = int(call.query.get("page[after]") or 0)
        limit = self.page_size or int(call.query.get("page[limit]", 250))
        if after and self.bad_pages:
            self.bad_pages -= 1
            return Answer({"error": {"code": "BadPage", "message": "the boundary employee changed"}}, 400)
        ids = sorted(self.people, key=int)
        shown = ids[after : after + limit]
        cursor = after + limit if after + limit < len(ids) else None
        asked = {"employeeId", "firstName", "lastName", "preferredName", "photoUrl", "jobTitleName", "status"}
        asked |= set(call.query.get("fields", "").split(","))
        data = []
        for person in shown:
            record = {name: value for name, value in self.people[person].items() if name in asked}
            restricted = sorted(self.hidden_fields & record.keys())
            data.append({**record, **dict.fromkeys(restricted), "_restrictedFields": restricted})
        meta = {
            "total": len(ids),
            "page": {"limit": limit, "nextCursor": None if cursor is None else str(cursor), "prevCursor": None},
        }
        return self._answer(call, {"data": data, "meta": meta, "_links": {}})

    def _answer(self, call: Call, content: Any) -> Answer:
        assert_within_contract(call, content)
        return Answer(content)


def company(people: int = 12) -> BambooHR:
    """A tenant of made-up people: everyone hired, every third promoted once, every fifth gone."""
    records, jobs, statuses = {}, {}, {}
    for number in range(1, people + 1):
        person = str(number)
        records[person] = {
            "employeeId": person,
            "firstName": f"Given{number}",
            "lastName": f"Family{number}",
            "preferredName": None,
            "photoUrl": None,
            "jobTitleName": "Engineer",
            "status": "Inactive" if number % 5 == 0 else "Active",
            "workEmail": f"person{number}@arbor.example",
            "homeEmail": None,
            "hireDate": "2022-03-01",
            "reportsToId": "1" if number > 1 else None,
            "birthDate": "1990-01-01",
        }
        jobs[person] = [_job(f"{number}0", "2022-03-01", "L1")]
        statuses[person] = [{"id": f"{number}1", "date": "2022-03-01", "employmentStatus": "Full-Time"}]
        if number % 3 == 0:
            jobs[person].append(_job(f"{number}2", "2024-06-01", "L2"))
        if number % 5 == 0:
            statuses[person].append(
                {
                    "id": f"{number}3",
                    "date": "2025-01-31",
                    "employmentStatus": "Terminated",
                    "terminationTypeId": "Voluntary",
                }
            )
    return BambooHR(records, {"jobInfo": jobs, "employmentStatus": statuses})


def _job(row: str, day: str, level: str) -> dict[str, Any]:
    return {
        "id": row,
        "date": day,
        "location": "Berlin",
        "department": "Platform",
        "division": "Products",
        "jobTitle": "Engineer",
        "reportsTo": "Given1 Family1",
        "customJobLevel": level,
        "payRate": "75000 EUR",
    }
