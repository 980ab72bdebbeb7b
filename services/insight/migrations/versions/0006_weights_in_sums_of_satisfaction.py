"""weights in sums of satisfaction."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

WEIGHTS = (('known', sa.Integer()), ('weight', sa.Float()), ('squares', sa.Float()), ('good_weight', sa.Float()))
SUMS = ('contact_day', 'answer_day', 'feedback_day', 'satisfaction_day', 'touched_day')


def upgrade() -> None:
    # Sums are derived: without any of them the next start has all days added up anew, now with weights.
    for table in SUMS:
        op.execute(sa.delete(sa.table(table)))
    with op.batch_alter_table('satisfaction_day', schema=None) as batch_op:
        for name, kind in WEIGHTS:
            batch_op.add_column(sa.Column(name, kind, nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('satisfaction_day', schema=None) as batch_op:
        for name, _ in reversed(WEIGHTS):
            batch_op.drop_column(name)
