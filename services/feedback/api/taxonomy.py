"""The organisation's own words: departments, drivers, products, follow-up rules."""

from typing import Annotated, Literal

from fastapi import Response

from services.feedback import repository
from services.feedback.contract.keeping import RuleVersionView, RuleView
from services.feedback.contract.taxonomy import CodeVersionView, CodeView, DepartmentView, TaxonomyView
from services.feedback.domain.follow_up_rules import Rule
from services.feedback.use_cases.keep_taxonomy import (
    MergeCode,
    PutCode,
    PutDepartment,
    PutRule,
    code_versions,
    merge_code,
    put_code,
    put_department,
    put_rule,
    rule_versions,
)
from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.fields import Code
from services.kit.http import APIRouter, Read, Write, requires

router = APIRouter(tags=["taxonomy"])
Admin = Annotated[Principal, requires("feedback:admin")]
Axis = Literal["driver", "product", "disposition", "journey_stage", "topic"]
Reader = Annotated[Principal, requires("feedback:read")]


@router.put("/v1/departments/{key}", response_model=DepartmentView)
async def put_one_department(key: Code, command: PutDepartment, write: Write, _: Admin) -> Response:
    """Create or rename a department."""
    return await write(put_department, key, command, view=DepartmentView)


@router.put("/v1/drivers/{code}", response_model=CodeView)
async def put_driver(code: Code, command: PutCode, write: Write, _: Admin) -> Response:
    """Create or replace a driver; it is used within seconds, also without a single example."""
    return await write(put_code, "driver", code, command, view=CodeView)


@router.put("/v1/products/{code}", response_model=CodeView)
async def put_product(code: Code, command: PutCode, write: Write, _: Admin) -> Response:
    """Create or replace a product."""
    return await write(put_code, "product", code, command, view=CodeView)


@router.put("/v1/codes/{axis}/{code}", response_model=CodeView)
async def put_any_code(axis: Axis, code: Code, command: PutCode, write: Write, _: Admin) -> Response:
    """Create, rename or replace a code of any axis; every version is kept."""
    return await write(put_code, axis, code, command, view=CodeView)


@router.post("/v1/codes/{axis}/{code}/merge", response_model=CodeView)
async def post_merge_code(axis: Axis, code: Code, command: MergeCode, write: Write, _: Admin) -> Response:
    """Let another code take this one's place; what people said stays as they said it, and counts for the other."""
    return await write(merge_code, axis, code, command, view=CodeView)


@router.get("/v1/codes/{axis}/{code}/versions", response_model=list[CodeVersionView])
async def list_code_versions(axis: Axis, code: Code, read: Read, _: Reader) -> list[CodeVersionView]:
    """List the versions of a code, newest first: what a label of then meant, and who said so."""
    return [CodeVersionView.model_validate(one) for one in await read(code_versions, axis, code)]


@router.get("/v1/taxonomy", response_model=TaxonomyView)
async def get_taxonomy(read: Read, _: Reader) -> TaxonomyView:
    """Return departments, drivers and products."""
    return await read(_taxonomy)


async def _taxonomy(tx: Tx) -> TaxonomyView:
    departments = [DepartmentView.model_validate(one) for one in await repository.departments(tx)]
    return TaxonomyView(departments=departments, codes=[CodeView.model_validate(one) for one in await repository.taxonomy(tx)])


@router.put("/v1/follow-up-rules/{key}", response_model=RuleView)
async def put_follow_up_rule(key: Code, command: PutRule, write: Write, _: Admin) -> Response:
    """Create or replace a rule."""
    return await write(put_rule, key, command, view=RuleView)


@router.get("/v1/follow-up-rules", response_model=list[RuleView])
async def list_rules(read: Read, _: Reader) -> list[RuleView]:
    """List the rules in force."""
    return [_rule_view(rule) for rule in await read(repository.rules)]


def _rule_view(rule: Rule) -> RuleView:
    return RuleView.model_validate(rule)


@router.get("/v1/follow-up-rules/{key}/versions", response_model=list[RuleVersionView])
async def list_rule_versions(key: Code, read: Read, _: Reader) -> list[RuleVersionView]:
    """List the versions of a rule, newest first: which promise held when, and who made it."""
    return [RuleVersionView.model_validate(one) for one in await read(rule_versions, key)]
