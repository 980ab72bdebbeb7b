"""changes of the search index."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy import Text

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('kb_change',
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('stamp', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('article_id')
    )
    with op.batch_alter_table('kb_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kb_change_stamp'), ['stamp'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('kb_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kb_change_stamp'))

    op.drop_table('kb_change')
