"""deliveries and asks held back."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('delivery_fact',
    sa.Column('invitation_id', sa.Uuid(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('settled_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('invitation_id')
    )
    op.create_table('suppressed_fact',
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('programme', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('skipped_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('decision_id')
    )
    with op.batch_alter_table('suppressed_fact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suppressed_fact_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_suppressed_fact_skipped_at'), ['skipped_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('suppressed_fact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_suppressed_fact_skipped_at'))
        batch_op.drop_index(batch_op.f('ix_suppressed_fact_customer_id'))

    op.drop_table('suppressed_fact')
    op.drop_table('delivery_fact')
