"""Documents and their versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from corpus.database import UtcDateTime

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "documents",
        sa.Column("document_id", sa.String(200), primary_key=True),
        sa.Column("current_number", sa.Integer, nullable=False),
        sa.Column("amendments", sa.JSON, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime, nullable=True),
    )
    op.create_table(
        "document_versions",
        sa.Column("document_id", sa.String(200), sa.ForeignKey("documents.document_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("reader_version", sa.Integer, nullable=False),
        sa.Column("file_name", sa.String(500), nullable=False),
        sa.Column("original", sa.String(100), nullable=True),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("passage_count", sa.Integer, nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("passages", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("document_versions")
    op.drop_table("documents")
