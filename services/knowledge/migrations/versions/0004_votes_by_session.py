"""votes by session."""

from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('article_vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_vote_session_id'), ['session_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('article_vote', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_vote_session_id'))

