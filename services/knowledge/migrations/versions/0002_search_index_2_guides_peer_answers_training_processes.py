"""search index 2, guides, peer answers, training, processes."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


_TERM = sa.String(length=64).with_variant(sa.String(length=64, collation='C'), 'postgresql')


def _drop_index() -> None:
    for table in ('kb_doc', 'kb_posting', 'kb_word'):
        op.drop_table(table)


def upgrade() -> None:
    op.create_table('article_check',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('article_version', sa.Integer(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('checked_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('checked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('article_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_check_article_id'), ['article_id'], unique=False)

    op.create_table('closed_case',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('driver', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('resolved_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('case_id')
    )
    with op.batch_alter_table('closed_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_closed_case_resolved_at'), ['resolved_at'], unique=False)

    op.create_table('erased_customer',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('erased_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('customer_id')
    )
    op.create_table('guide',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('plain', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('audience', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('product', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('driver', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('published_version', sa.Integer(), nullable=True),
    sa.Column('changed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('guide', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_guide_state'), ['state'], unique=False)

    op.create_table('guide_run',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('guide_id', sa.Uuid(), nullable=False),
    sa.Column('guide_version', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('at_node', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('begun_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('begun_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('last_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('guide_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_guide_run_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_guide_run_guide_id'), ['guide_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_guide_run_session_id'), ['session_id'], unique=False)

    op.create_table('guide_step',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('run_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('guide_id', sa.Uuid(), nullable=False),
    sa.Column('guide_version', sa.Integer(), nullable=False),
    sa.Column('node', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('answer', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('undone', sa.Boolean(), nullable=False),
    sa.Column('shown', sa.JSON(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('run_id', 'number')
    )
    with op.batch_alter_table('guide_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_guide_step_guide_id'), ['guide_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_guide_step_run_id'), ['run_id'], unique=False)

    op.create_table('guide_version',
    sa.Column('guide_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('graph', sa.JSON(), nullable=False),
    sa.Column('changed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('guide_id', 'version')
    )
    op.create_table('heard_contact',
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('driver', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('department', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('agent_id', sa.Uuid(), nullable=True),
    sa.Column('team', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('resolved', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('handle_seconds', sa.Float(), nullable=False),
    sa.Column('waited_seconds', sa.Float(), nullable=False),
    sa.Column('started_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('contact_id')
    )
    with op.batch_alter_table('heard_contact', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_heard_contact_agent_id'), ['agent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_heard_contact_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_heard_contact_driver'), ['driver'], unique=False)
        batch_op.create_index(batch_op.f('ix_heard_contact_started_at'), ['started_at'], unique=False)

    op.create_table('kb_awaiting_vector',
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('article_id')
    )
    op.create_table('kb_vector',
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('stamp', sa.Integer(), nullable=False),
    sa.Column('standing', sa.String(length=16).with_variant(sa.String(length=16, collation='C'), 'postgresql'), nullable=False),
    sa.Column('parts', sa.Integer(), nullable=False),
    sa.Column('vectors', sa.LargeBinary(), nullable=False),
    sa.Column('embedder', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('article_id')
    )
    with op.batch_alter_table('kb_vector', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kb_vector_stamp'), ['stamp'], unique=False)

    op.create_table('kb_vector_clock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stamp', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('peer_answer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('html', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('plain', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=True),
    sa.Column('display_name', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('suspicions', sa.JSON(), nullable=False),
    sa.Column('moderated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('moderated_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('written_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('peer_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_peer_answer_article_id'), ['article_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_peer_answer_session_id'), ['session_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_peer_answer_state'), ['state'], unique=False)

    op.create_table('peer_vote',
    sa.Column('answer_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('solved', sa.Boolean(), nullable=False),
    sa.Column('voted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('answer_id', 'session_id')
    )
    op.create_table('process_map',
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('code')
    )
    op.create_table('training_assignment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('agent_id', sa.Uuid(), nullable=False),
    sa.Column('module', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('need_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('assigned_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('assigned_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('completed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('training_assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_assignment_agent_id'), ['agent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_assignment_completed_at'), ['completed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_assignment_module'), ['module'], unique=False)
        batch_op.create_index('ux_training_assignment_open', ['agent_id', 'module'], unique=True, sqlite_where=sa.text('completed_at IS NULL'), postgresql_where=sa.text('completed_at IS NULL'))

    op.create_table('training_hours',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('agent_id', sa.Uuid(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('what', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('assignment_id', sa.Uuid(), nullable=True),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('entered_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('assignment_id')
    )
    with op.batch_alter_table('training_hours', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_hours_agent_id'), ['agent_id'], unique=False)

    op.create_table('training_module',
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('html', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('topic', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('articles', sa.JSON(), nullable=False),
    sa.Column('skill', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('skill_level', sa.Integer(), nullable=True),
    sa.Column('refresh_days', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('code')
    )
    with op.batch_alter_table('training_module', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_module_topic'), ['topic'], unique=False)

    op.create_table('training_need',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('topic', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('group', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('agents', sa.JSON(), nullable=False),
    sa.Column('effect', sa.Float(), nullable=True),
    sa.Column('evidence', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('found_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('training_need', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_need_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_need_topic'), ['topic'], unique=False)

    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.create_unique_constraint('article_source_key', ['source'])
        batch_op.add_column(sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('review_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('published_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index(batch_op.f('ix_article_review_at'), ['review_at'], unique=False)

    with op.batch_alter_table('article_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_link_case_id'), ['case_id'], unique=False)

    with op.batch_alter_table('help_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('held_out', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('asked_contact_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('solved_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('driver', sqlmodel.sql.sqltypes.AutoString(), nullable=True))

    # The index is derived from the articles: it is made anew, empty, and the job reindex_articles fills it at the next start.
    _drop_index()
    standing = sa.String(length=16).with_variant(sa.String(length=16, collation='C'), 'postgresql')
    op.create_table('kb_doc',
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('standing', standing, nullable=False),
    sa.Column('title_length', sa.Integer(), nullable=False),
    sa.Column('text_length', sa.Integer(), nullable=False),
    sa.Column('analyzer', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('article_id')
    )
    op.create_index('ix_kb_doc_standing', 'kb_doc', ['standing', 'title_length', 'text_length'])
    op.create_table('kb_posting',
    sa.Column('term', _TERM, nullable=False),
    sa.Column('standing', standing, nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('in_title', sa.Integer(), nullable=False),
    sa.Column('in_text', sa.Integer(), nullable=False),
    sa.Column('title_length', sa.Integer(), nullable=False),
    sa.Column('text_length', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('term', 'standing', 'article_id', 'in_title', 'in_text', 'title_length', 'text_length'),
    sqlite_with_rowid=False
    )
    op.create_index('ix_kb_posting_article_id', 'kb_posting', ['article_id'])
    op.create_table('kb_word',
    sa.Column('term', _TERM, nullable=False),
    sa.Column('initial', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('final', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('term')
    )
    op.create_index('ix_kb_word_initial_length', 'kb_word', ['initial', 'length'])
    op.create_index('ix_kb_word_final_length', 'kb_word', ['final', 'length'])


def downgrade() -> None:
    _drop_index()
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
    sa.Column('term', _TERM, nullable=False),
    sa.Column('article_id', sa.Uuid(), nullable=False),
    sa.Column('in_title', sa.Integer(), nullable=False),
    sa.Column('in_body', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('term', 'article_id')
    )
    op.create_index('ix_kb_posting_article_id', 'kb_posting', ['article_id'])
    op.create_table('kb_word',
    sa.Column('term', _TERM, nullable=False),
    sa.Column('initial', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('term')
    )
    op.create_index('ix_kb_word_initial_length', 'kb_word', ['initial', 'length'])

    with op.batch_alter_table('help_session', schema=None) as batch_op:
        batch_op.drop_column('driver')
        batch_op.drop_column('solved_at')
        batch_op.drop_column('asked_contact_at')
        batch_op.drop_column('held_out')

    with op.batch_alter_table('article_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_link_case_id'))

    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_review_at'))
        batch_op.drop_column('published_at')
        batch_op.drop_column('review_at')
        batch_op.drop_column('owner')
        batch_op.drop_constraint('article_source_key', type_='unique')
        batch_op.drop_column('source')

    with op.batch_alter_table('training_need', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_need_topic'))
        batch_op.drop_index(batch_op.f('ix_training_need_state'))

    op.drop_table('training_need')
    with op.batch_alter_table('training_module', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_module_topic'))

    op.drop_table('training_module')
    with op.batch_alter_table('training_hours', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_hours_agent_id'))

    op.drop_table('training_hours')
    with op.batch_alter_table('training_assignment', schema=None) as batch_op:
        batch_op.drop_index('ux_training_assignment_open', sqlite_where=sa.text('completed_at IS NULL'), postgresql_where=sa.text('completed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_training_assignment_module'))
        batch_op.drop_index(batch_op.f('ix_training_assignment_completed_at'))
        batch_op.drop_index(batch_op.f('ix_training_assignment_agent_id'))

    op.drop_table('training_assignment')
    op.drop_table('process_map')
    op.drop_table('peer_vote')
    with op.batch_alter_table('peer_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_peer_answer_state'))
        batch_op.drop_index(batch_op.f('ix_peer_answer_session_id'))
        batch_op.drop_index(batch_op.f('ix_peer_answer_article_id'))

    op.drop_table('peer_answer')
    op.drop_table('kb_vector_clock')
    with op.batch_alter_table('kb_vector', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kb_vector_stamp'))

    op.drop_table('kb_vector')
    op.drop_table('kb_awaiting_vector')
    with op.batch_alter_table('heard_contact', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_heard_contact_started_at'))
        batch_op.drop_index(batch_op.f('ix_heard_contact_driver'))
        batch_op.drop_index(batch_op.f('ix_heard_contact_customer_id'))
        batch_op.drop_index(batch_op.f('ix_heard_contact_agent_id'))

    op.drop_table('heard_contact')
    op.drop_table('guide_version')
    with op.batch_alter_table('guide_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_guide_step_run_id'))
        batch_op.drop_index(batch_op.f('ix_guide_step_guide_id'))

    op.drop_table('guide_step')
    with op.batch_alter_table('guide_run', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_guide_run_session_id'))
        batch_op.drop_index(batch_op.f('ix_guide_run_guide_id'))
        batch_op.drop_index(batch_op.f('ix_guide_run_customer_id'))

    op.drop_table('guide_run')
    with op.batch_alter_table('guide', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_guide_state'))

    op.drop_table('guide')
    with op.batch_alter_table('closed_case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_closed_case_resolved_at'))

    op.drop_table('erased_customer')
    op.drop_table('closed_case')
    with op.batch_alter_table('article_check', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_check_article_id'))

    op.drop_table('article_check')
