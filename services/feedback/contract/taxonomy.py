"""What feedback answers when it is asked for the organisation's own words: departments, and codes with every version of them."""

from datetime import datetime
from typing import Any

from services.kit.fields import View


class DepartmentView(View):
    """A department."""

    key: str
    name: str
    version: int


class CodeView(View):
    """A driver or product with what it is recognised by."""

    axis: str
    code: str
    names: dict[str, str]
    description: str
    department: str | None
    product: str | None
    examples: list[str]
    parent: str | None
    merged_into: str | None
    active: bool
    version: int


class CodeVersionView(View):
    """One version of a code."""

    axis: str
    code: str
    version: int
    content: dict[str, Any]
    by: str
    at: datetime


class TaxonomyView(View):
    """Everything that items are sorted into."""

    departments: list[DepartmentView]
    codes: list[CodeView]
