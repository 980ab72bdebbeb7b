"""refused pairs."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_pair",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("refused_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("refused_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "other_id"),
    )
    with op.batch_alter_table("refused_pair") as batch_op:
        batch_op.create_index("refused_pair_other", ["other_id"], unique=False)


def downgrade() -> None:
    op.drop_table("refused_pair")
