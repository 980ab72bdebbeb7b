"""How values become JSON: the one encoder of answers, whichever executor made them, and the scalar of moments, which is spelled alike in both."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

written = msgspec.json.Encoder(enc_hook=str).encode
"""From an answer to its JSON, as UTF-8. Moments in UTC end in `Z`, as REST answers have them; what JSON does not know is written as its text."""


def moment(value: Any) -> str:
    """Return a moment as the encoder writes it, for graphql-core, which wants texts."""
    text: str = value.isoformat()
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text


OWN_SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: replace(DateTimeDefinition, serialize=moment, description="A moment, as RFC 3339 writes it; in UTC it ends in Z.")
}
"""Scalars that are not strawberry's own, by their Python types; for a schema's configuration."""
