"""Fewer indexes on what changes all the time: a contact that changes its state is entered anew in every index of its table."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

GIVEN = (
    ('contact', 'ix_contact_customer', ['customer_id', 'queued_at']),
    ('contact', 'ix_contact_follow_up', ['follow_up_id']),
    ('contact', 'ix_contact_case', ['case_id', 'connected_at']),
    ('routing_decision', 'ix_routing_decision_reservation', ['reservation_id']),
)
"""Indexes by something that many rows have not: those rows are left out."""


def upgrade() -> None:
    # The lines are in the engine's memory since it decides; nothing asks for these two any more.
    op.drop_index('ix_contact_head', table_name='contact')
    op.drop_index('ix_agent_channel_channel', table_name='agent_channel')
    for table, name, columns in GIVEN:
        op.drop_index(name, table_name=table)
        given = sa.text(f'{columns[0]} IS NOT NULL')
        op.create_index(name, table, columns, sqlite_where=given, postgresql_where=given)


def downgrade() -> None:
    for table, name, columns in GIVEN:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns)
    op.create_index('ix_agent_channel_channel', 'agent_channel', ['channel'])
    op.create_index('ix_contact_head', 'contact', ['class_key', 'state', 'waits_from', 'id'])
