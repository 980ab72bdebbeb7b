"""order amounts."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customer_order") as batch_op:
        batch_op.add_column(sa.Column("amount_thousandths", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("customer_order") as batch_op:
        batch_op.drop_column("currency")
        batch_op.drop_column("amount_thousandths")
