"""The organisation's own words: departments, drivers, products and follow-up rules are data, put in place by key."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select, update
from sqlmodel import SQLModel, col

from services.feedback import repository
from services.feedback.domain.follow_up_rules import Rule
from services.feedback.models import Department, FollowUpRule, FollowUpRuleVersion, Item, TaxonomyCode, TaxonomyVersion
from services.feedback.use_cases.rule_words import VOCABULARY
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound, Refused
from services.kit.fields import Code, Command, Language, Line, Name

LEARN_AFTER = timedelta(seconds=1)


class UnknownDepartment(Refused):
    """A driver belongs to a department that exists: put the department first."""

    code = "feedback_unknown_department"


class UnknownParent(Refused):
    """A parent is another code of the same axis, and no code is its own ancestor."""

    code = "feedback_unknown_parent"


class CannotMergeCode(Refused):
    """A code is merged into another active code of the same axis; one that was merged stays so."""

    code = "feedback_cannot_merge_code"


class PutDepartment(Command):
    """A department."""

    name: Name


class PutCode(Command):
    """A driver or product, and what it is recognised by: names per language, a description, up to 50 example sentences."""

    names: Annotated[dict[Language, Name], Field(min_length=1, max_length=50)]
    description: Annotated[str, Field(max_length=2_000)] = ""
    department: Code | None = None
    product: Code | None = None
    examples: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    parent: Code | None = None
    """The wider code of the same axis that this one belongs to."""
    active: bool = True


class MergeCode(Command):
    """The code of the same axis that takes this one's place."""

    into: Code


class PutRule(Command):
    """A follow-up rule: every condition that is set must hold; the matching rule of the highest priority decides."""

    priority: Annotated[int, Field(ge=0, le=1_000)]
    due_office_hours: Annotated[float, Field(gt=0, le=400, description="office hours (Monday to Friday, 9 to 17) until it is due")]
    active: bool = True
    wants_contact: bool | None = None
    kinds: Annotated[tuple[Code, ...], Field(max_length=20)] = ()
    lowest_score_share: Annotated[float | None, Field(ge=0, le=1, description="holds at or under this place of the scale, 0 worst, 1 best")] = None
    sentiment: Annotated[str | None, Field(pattern="^(negative|neutral|positive)$")] = None
    least_severity: Annotated[int | None, Field(ge=1, le=4)] = None
    drivers: Annotated[tuple[Code, ...], Field(max_length=200)] = ()
    wants_call_back: bool = False
    owner: Name | None = None
    escalate_to: Name | None = None
    when: Annotated[
        str | None, Field(min_length=1, max_length=2_000, description="a further condition, e.g. `severity >= 3 && source == 'google'`")
    ] = None


async def put_department(uow: UnitOfWork, key: str, command: PutDepartment) -> Department:
    """Create or rename a department."""
    row = {"key": key, "name": command.name}
    await _put(uow, Department, row, ("key",))
    return next(one for one in await repository.departments(uow) if one.key == key)


async def put_code(uow: UnitOfWork, axis: str, code: str, command: PutCode) -> TaxonomyCode:
    """Create or replace a code; it works within seconds, by its names and description alone if need be."""
    if command.department is not None and command.department not in {one.key for one in await repository.departments(uow)}:
        raise UnknownDepartment(f"There is no department {command.department}.", pointer="/department")
    former = await repository.taxonomy_code(uow, axis, code)
    if former is not None and former.merged_into is not None:
        raise CannotMergeCode(f"{code} was merged into {former.merged_into}: change that one.")
    await _check_parent(uow, axis, code, command.parent)
    await _put(uow, TaxonomyCode, {"axis": axis, "code": code, **command.model_dump(mode="json")}, ("axis", "code"))
    return await _kept(uow, axis, code)


async def _check_parent(uow: UnitOfWork, axis: str, code: str, parent: str | None) -> None:
    above = {one.code: one.parent for one in await repository.taxonomy(uow) if one.axis == axis} if parent is not None else {}
    at = parent
    while at is not None:
        if at == code or at not in above:
            raise UnknownParent(f"{parent} is not a code of {axis} above {code}.", pointer="/parent")
        at = above[at]


async def _kept(uow: UnitOfWork, axis: str, code: str) -> TaxonomyCode:
    """Keep this version for ever, and have the axis learned anew."""
    found = await repository.taxonomy_code(uow, axis, code)
    if found is None:
        raise LookupError(code)
    who = uow.principal.subject if uow.principal else "system"
    content = found.model_dump(exclude={"axis", "code", "version"})
    await uow.insert(TaxonomyVersion, {"axis": axis, "code": code, "version": found.version, "content": content, "by": who, "at": uow.now})
    await uow.schedule("learn", key=axis, at=uow.now + LEARN_AFTER)
    return found


async def merge_code(uow: UnitOfWork, axis: str, code: str, command: MergeCode) -> TaxonomyCode:
    """Let another code take this one's place: items stand under it from now on, what people said stays as they said it and teaches the other."""
    mine, into = await repository.taxonomy_code(uow, axis, code), await repository.taxonomy_code(uow, axis, command.into)
    if mine is None:
        raise NotFound(f"There is no {axis} {code}.")
    if into is None or into.code == code or not into.active or mine.merged_into is not None:
        raise CannotMergeCode(f"{code} cannot be merged into {command.into}.", pointer="/into")
    same = (col(TaxonomyCode.axis) == axis, col(TaxonomyCode.code) == code)
    await uow.execute(update(TaxonomyCode).where(*same).values(active=False, merged_into=into.code, version=mine.version + 1))
    if axis == "driver":
        await uow.execute(update(Item).where(col(Item.driver) == code).values(driver=into.code, department=into.department))
    elif axis == "product":
        await uow.execute(update(Item).where(col(Item.product) == code).values(product=into.code))
    return await _kept(uow, axis, code)


async def code_versions(tx: Tx, axis: str, code: str) -> list[TaxonomyVersion]:
    """Return every version of a code, newest first."""
    chosen = select(TaxonomyVersion).where(col(TaxonomyVersion.axis) == axis, col(TaxonomyVersion.code) == code)
    return await tx.all(chosen.order_by(col(TaxonomyVersion.version).desc()).limit(200), TaxonomyVersion)


async def put_rule(uow: UnitOfWork, key: str, command: PutRule) -> Rule:
    """Create or replace a follow-up rule; a shipped rule is replaced by its key, and switched off by `active: false`. Every version is kept."""
    if command.when is not None:
        VOCABULARY.expression(command.when, pointer="/when")
    rule = {"key": key, **command.model_dump(mode="json")}
    await _put(uow, FollowUpRule, {"key": key, "rule": rule}, ("key",))
    version = await uow.scalar(select(col(FollowUpRule.version)).where(col(FollowUpRule.key) == key))
    who = uow.principal.subject if uow.principal else "system"
    await uow.insert(FollowUpRuleVersion, {"key": key, "version": version, "rule": rule, "by": who, "at": uow.now})
    return next(rule for rule in await repository.rules(uow) if rule.key == key)


async def rule_versions(tx: Tx, key: str) -> list[FollowUpRuleVersion]:
    """Return every version of a rule, newest first."""
    chosen = select(FollowUpRuleVersion).where(col(FollowUpRuleVersion.key) == key)
    return await tx.all(chosen.order_by(col(FollowUpRuleVersion.version).desc()).limit(200), FollowUpRuleVersion)


async def _put(uow: UnitOfWork, model: type[SQLModel], row: dict[str, Any], key: tuple[str, ...]) -> None:
    """Insert at version 1, or overwrite and count one version up."""
    if await uow.insert_ignore(model, {**row, "version": 1}):
        return
    same = [col(getattr(model, name)) == row[name] for name in key]
    changed = {name: value for name, value in row.items() if name not in key}
    await uow.execute(update(model).where(*same).values(**changed, version=col(getattr(model, "version")) + 1))  # noqa: B009 - every model given has it
