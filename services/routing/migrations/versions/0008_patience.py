"""How soon the customers of a queue hang up."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('queue', schema=None) as batch_op:
        batch_op.add_column(sa.Column('leavers', sa.Float(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('waited_seconds', sa.Float(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('queue', schema=None) as batch_op:
        batch_op.drop_column('waited_seconds')
        batch_op.drop_column('leavers')
