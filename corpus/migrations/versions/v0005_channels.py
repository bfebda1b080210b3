"""Messages, visitors and deliveries of the channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from corpus.database import UtcDateTime

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the four tables."""
    op.create_table(
        "channel_visitors",
        sa.Column("visitor", sa.String(64), primary_key=True),
        sa.Column("door", sa.String(80), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=True, index=True),
        sa.Column("address", sa.Text, nullable=True),
        sa.Column("bot_until", UtcDateTime, nullable=True),
        sa.Column("last_at", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "channel_inbox",
        sa.Column("door", sa.String(80), primary_key=True),
        sa.Column("message_key", sa.String(200), primary_key=True),
        sa.Column("visitor", sa.String(64), nullable=False, index=True),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("body", sa.Text, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease_until", UtcDateTime, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False, index=True),
        sa.Index("ix_channel_inbox_state_lease_until", "state", "lease_until"),
    )
    op.create_table(
        "channel_proofs",
        sa.Column("door", sa.String(80), primary_key=True),
        sa.Column("proof", sa.String(64), primary_key=True),
        sa.Column("message_key", sa.String(200), nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "channel_outbox",
        sa.Column("delivery_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, index=True),
        sa.Column("door", sa.String(80), nullable=False),
        sa.Column("visitor", sa.String(64), nullable=False, index=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.String(100), nullable=True),
        sa.Column("not_before", UtcDateTime, nullable=False),
        sa.Column("lease_until", UtcDateTime, nullable=True),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Index("ix_channel_outbox_state_not_before", "state", "not_before"),
    )


def downgrade() -> None:
    """Drop the four tables."""
    for name in ("channel_outbox", "channel_proofs", "channel_inbox", "channel_visitors"):
        op.drop_table(name)
