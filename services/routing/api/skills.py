"""Skills."""

from typing import Annotated

from fastapi import Response

from services.kit.auth import Principal
from services.kit.fields import Code, View
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.routing.repository import agents
from services.routing.use_cases.put_skill import PutSkill, put_skill

router = APIRouter(tags=["skills"])


class SkillView(View):
    """Something an agent can do at a level from 1 to 5."""

    key: str
    name: str
    category: str


@router.put("/v1/skills/{key}", response_model=SkillView)
async def write_skill(key: Code, command: PutSkill, write: Write, _: Annotated[Principal, requires("routing:admin")]) -> Response:
    """Create or rename a skill."""
    return await write(put_skill, key, command, view=SkillView)


@router.get("/v1/skills")
async def list_skills(read: Read, _: Annotated[Principal, requires("routing:read")], cursor: Cursor = None, limit: PageSize = 50) -> Page[SkillView]:
    """List skills by key."""
    page = await read(agents.skills_page, cursor, limit)
    return Page(items=[SkillView.model_validate(each) for each in page.items], next_cursor=page.next_cursor)
