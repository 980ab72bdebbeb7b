"""alerts of places."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alert") as batch_op:
        for name in ("site", "vendor"):
            batch_op.add_column(sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=True))
            batch_op.create_index(f"ix_alert_{name}", [name], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("alert") as batch_op:
        for name in ("vendor", "site"):
            batch_op.drop_index(f"ix_alert_{name}")
            batch_op.drop_column(name)
