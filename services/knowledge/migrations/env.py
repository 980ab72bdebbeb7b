"""Migrations of the knowledge service."""

from services.kit.migrate import run_env
from services.knowledge.models import Base

run_env(Base.metadata)
