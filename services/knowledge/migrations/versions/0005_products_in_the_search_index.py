"""products in the search index."""

import base64
import hashlib

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_INDEX = [
    sa.table(name, sa.column('article_id', sa.Uuid()), sa.column('standing', sa.String())) for name in ('kb_doc', 'kb_posting', 'kb_vector')
]
_PIECES = [sa.table(name, sa.column('id', sa.Uuid()), sa.column('product', sa.String())) for name in ('article', 'guide')]


def upgrade() -> None:
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_article_product'), ['product'], unique=False)
    for piece, key in _keys():
        for index in _INDEX:
            op.execute(index.update().where(index.c.article_id == piece).values(standing=index.c.standing + key))


def downgrade() -> None:
    for piece, key in _keys():
        for index in _INDEX:
            op.execute(index.update().where(index.c.article_id == piece).values(standing=sa.func.replace(index.c.standing, key, '')))
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_article_product'))


def _keys():
    """Each article and guide about a product, with what its standing in the index gets: domain/standing.py as it was when this was written."""
    for pieces in _PIECES:
        for piece, product in op.get_bind().execute(sa.select(pieces.c.id, pieces.c.product)).all():
            if product:
                yield piece, '.' + base64.urlsafe_b64encode(hashlib.blake2b(product.encode(), digest_size=6).digest()).decode()
