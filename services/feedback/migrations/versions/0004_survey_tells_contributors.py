"""survey tells contributors: feedback keeps no names, addresses and refusals of customers any more."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy import Text

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table('refusal')
    op.drop_table('customer')
    with op.batch_alter_table('telling', schema=None) as batch_op:
        batch_op.add_column(sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.drop_column('id')

    op.execute("UPDATE telling SET channel = 'email' WHERE state = 'told'")


def downgrade() -> None:
    # What customers said of themselves is not brought back: customers tells it again with their next change.
    with op.batch_alter_table('telling', schema=None) as batch_op:
        batch_op.add_column(sa.Column('id', sa.Uuid(), nullable=True))
        batch_op.drop_column('channel')

    op.execute("UPDATE telling SET id = customer_id")
    with op.batch_alter_table('telling', schema=None) as batch_op:
        batch_op.alter_column('id', existing_type=sa.Uuid(), nullable=False)

    op.create_table('customer',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('display_name', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('country', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('customer_id')
    )
    op.create_table('refusal',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('customer_id', 'purpose', 'channel')
    )
