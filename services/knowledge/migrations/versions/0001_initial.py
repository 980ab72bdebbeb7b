"""initial."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy import Text

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('article',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('problem', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('environment', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('cause', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('resolution', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('html', sa.JSON(), nullable=False),
    sa.Column('plain', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('audience', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('product', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('driver', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('author', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('similar_to', sa.Uuid(), nullable=True),
    sa.Column('similarity', sa.Float(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('case_id')
    )
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_article_state'), ['state'], unique=False)

    op.create_table('article_flag',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('article_version', sa.Integer(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('flagged_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('flagged_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('settled_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('article_flag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_flag_article_id'), ['article_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_article_flag_case_id'), ['case_id'], unique=False)

    op.create_table('article_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('solved', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('contact_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('linked_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('linked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('article_id', 'solved')
    )
    with op.batch_alter_table('article_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_link_article_id'), ['article_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_article_link_customer_id'), ['customer_id'], unique=False)

    op.create_table('article_version',
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('problem', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('environment', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('cause', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('resolution', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('audience', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('changed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('article_id', 'version')
    )
    op.create_table('article_vote',
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('helpful', sa.Boolean(), nullable=False),
    sa.Column('voted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('article_id', 'session_id')
    )
    op.create_table('bus_position',
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('stream')
    )
    op.create_table('dead_letter',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('died_at', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'key')
    )
    op.create_table('due',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('owner', sa.Text(), nullable=True),
    sa.Column('payload', sa.Text(), server_default=sa.text("'{}'"), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'key')
    )
    with op.batch_alter_table('due', schema=None) as batch_op:
        batch_op.create_index('due_due_at', ['due_at'], unique=False)

    op.create_table('held_event',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('event_id', sa.Text(), nullable=False),
    sa.Column('consumer', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('envelope', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=False),
    sa.Column('parked_at', sa.BigInteger(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('seq'),
    sa.UniqueConstraint('event_id', 'consumer')
    )
    with op.batch_alter_table('held_event', schema=None) as batch_op:
        batch_op.create_index('held_event_key', ['consumer', 'key', 'seq'], unique=False)
        batch_op.create_index('held_event_next', ['next_at'], unique=False)

    op.create_table('help_opening',
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('session_id', 'article_id')
    )
    op.create_table('help_query',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('query', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('query_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('results', sa.Integer(), nullable=True),
    sa.Column('searched_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('help_query', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_help_query_query_key'), ['query_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_help_query_session_id'), ['session_id'], unique=False)

    op.create_table('help_session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('customer_keys', sa.JSON(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('started_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('last_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('failed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('wants_contact', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('help_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_help_session_customer_id'), ['customer_id'], unique=False)

    op.create_table('idempotency_key',
    sa.Column('principal', sa.Text(), nullable=False),
    sa.Column('route', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('headers', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('stored_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('principal', 'route', 'key')
    )
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.create_index('idempotency_key_stored', ['stored_at'], unique=False)

    op.create_table('inbox',
    sa.Column('event_id', sa.Text(), nullable=False),
    sa.Column('consumer', sa.Text(), nullable=False),
    sa.Column('handled_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('event_id', 'consumer')
    )
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('inbox_handled', ['handled_at'], unique=False)

    op.create_table('kb_doc',
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('title_length', sa.Integer(), nullable=False),
    sa.Column('body_length', sa.Integer(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('audience', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('article_id')
    )
    op.create_table('kb_posting',
    sa.Column('term', sa.String(length=64).with_variant(sa.String(length=64, collation='C'), 'postgresql'), nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('in_title', sa.Integer(), nullable=False),
    sa.Column('in_body', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('term', 'article_id')
    )
    with op.batch_alter_table('kb_posting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kb_posting_article_id'), ['article_id'], unique=False)

    op.create_table('kb_word',
    sa.Column('term', sa.String(length=64).with_variant(sa.String(length=64, collation='C'), 'postgresql'), nullable=False),
    sa.Column('initial', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('term')
    )
    with op.batch_alter_table('kb_word', schema=None) as batch_op:
        batch_op.create_index('ix_kb_word_initial_length', ['initial', 'length'], unique=False)

    op.create_table('open_case',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('case_id')
    )
    with op.batch_alter_table('open_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_open_case_customer_id'), ['customer_id'], unique=False)

    op.create_table('outbox',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('occurred_at', sa.BigInteger(), nullable=False),
    sa.Column('correlation_id', sa.Text(), nullable=False),
    sa.Column('causation_id', sa.Text(), nullable=True),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('published_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('seq')
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('outbox_published', ['published_at'], unique=False)
        batch_op.create_index('outbox_unpublished', ['seq'], unique=False, postgresql_where=sa.text('published_at IS NULL'), sqlite_where=sa.text('published_at IS NULL'))


def downgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('outbox_unpublished', postgresql_where=sa.text('published_at IS NULL'), sqlite_where=sa.text('published_at IS NULL'))
        batch_op.drop_index('outbox_published')

    op.drop_table('outbox')
    with op.batch_alter_table('open_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_open_case_customer_id'))

    op.drop_table('open_case')
    with op.batch_alter_table('kb_word', schema=None) as batch_op:
        batch_op.drop_index('ix_kb_word_initial_length')

    op.drop_table('kb_word')
    with op.batch_alter_table('kb_posting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kb_posting_article_id'))

    op.drop_table('kb_posting')
    op.drop_table('kb_doc')
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.drop_index('inbox_handled')

    op.drop_table('inbox')
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.drop_index('idempotency_key_stored')

    op.drop_table('idempotency_key')
    with op.batch_alter_table('help_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_help_session_customer_id'))

    op.drop_table('help_session')
    with op.batch_alter_table('help_query', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_help_query_session_id'))
        batch_op.drop_index(batch_op.f('ix_help_query_query_key'))

    op.drop_table('help_query')
    op.drop_table('help_opening')
    with op.batch_alter_table('held_event', schema=None) as batch_op:
        batch_op.drop_index('held_event_next')
        batch_op.drop_index('held_event_key')

    op.drop_table('held_event')
    with op.batch_alter_table('due', schema=None) as batch_op:
        batch_op.drop_index('due_due_at')

    op.drop_table('due')
    op.drop_table('dead_letter')
    op.drop_table('bus_position')
    op.drop_table('article_vote')
    op.drop_table('article_version')
    with op.batch_alter_table('article_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_link_customer_id'))
        batch_op.drop_index(batch_op.f('ix_article_link_article_id'))

    op.drop_table('article_link')
    with op.batch_alter_table('article_flag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_flag_case_id'))
        batch_op.drop_index(batch_op.f('ix_article_flag_article_id'))

    op.drop_table('article_flag')
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_state'))
        batch_op.drop_index(batch_op.f('ix_article_customer_id'))

    op.drop_table('article')
