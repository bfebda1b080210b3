"""What the desk decided about shipped texts, sealed contacts of visitors, and what a reply was made with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from corpus.database import UtcDateTime

revision = "v0006"
down_revision = "v0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table and add the two columns."""
    op.create_table(
        "shipped_texts",
        sa.Column("document_id", sa.String(200), primary_key=True),
        sa.Column("amendments", sa.JSON, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.add_column("tickets", sa.Column("contact_sealed", sa.Text, nullable=True))
    op.add_column("replies", sa.Column("made_with", sa.Text, nullable=True))


def downgrade() -> None:
    """Drop the table and the two columns."""
    op.drop_column("replies", "made_with")
    op.drop_column("tickets", "contact_sealed")
    op.drop_table("shipped_texts")
