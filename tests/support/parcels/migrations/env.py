from services.kit.migrate import run_env
from tests.support.parcels.app import Base

run_env(Base.metadata)
