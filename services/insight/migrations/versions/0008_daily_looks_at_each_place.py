"""daily looks at each place."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stage_look',
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('stage', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('place', 'stage')
    )
    op.execute("INSERT INTO stage_look (place, stage, state, since) SELECT '', stage, state, since FROM stage_state")
    op.drop_table('stage_state')


def downgrade() -> None:
    op.create_table('stage_state',
    sa.Column('stage', sa.VARCHAR(), nullable=False),
    sa.Column('state', sa.VARCHAR(), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('stage')
    )
    op.execute("INSERT INTO stage_state (stage, state, since) SELECT stage, state, since FROM stage_look WHERE place = ''")
    op.drop_table('stage_look')
