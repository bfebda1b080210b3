"""The desk: accounts, tickets, curated answers, uploads and the audit, which a trigger keeps append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from corpus.database import UtcDateTime

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None

_REFUSALS = {
    "sqlite": (
        "CREATE TRIGGER audit_no_{word} BEFORE {WORD} ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
    ),
    "postgresql": (
        "CREATE TRIGGER audit_no_{word} BEFORE {WORD} ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    ),
}
_REFUSE_FUNCTION = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$"
)


def upgrade() -> None:
    """Create the tables."""
    _people()
    _tickets()
    _curated()
    _uploads()
    _audit()


def _people() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("display_name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", UtcDateTime, nullable=True),
        sa.Column("disabled_at", UtcDateTime, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(32), _account(), nullable=False, index=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "setup_links",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("account_id", sa.String(32), _account(), nullable=True),
        sa.Column("expires_at", UtcDateTime, nullable=False),
    )


def _account() -> sa.ForeignKey:
    return sa.ForeignKey("accounts.account_id", ondelete="CASCADE")


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("ticket_id", sa.String(32), primary_key=True),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False, index=True),
        sa.Column("reply_id", sa.String(64), nullable=True, index=True),
        sa.Column("visitor", sa.String(64), nullable=True, index=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("contact", sa.String(64), nullable=True),
        sa.Column("assignee", sa.String(32), nullable=True, index=True),
        sa.Column("answer", sa.Text, nullable=True),
        sa.Column("answered_by", sa.String(32), nullable=True),
        sa.Column("answered_at", UtcDateTime, nullable=True),
        sa.Column("seen_at", UtcDateTime, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False, index=True),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Index("ix_tickets_state_due_at", "state", "due_at"),
    )


def _curated() -> None:
    op.create_table(
        "curated_answers",
        sa.Column("curated_id", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("ticket_id", sa.String(32), nullable=True, index=True),
        sa.Column("approved_number", sa.Integer, nullable=True),
        sa.Column("approved_by", sa.String(32), nullable=True),
        sa.Column("approved_at", UtcDateTime, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    parent = sa.ForeignKey("curated_answers.curated_id", ondelete="CASCADE")
    op.create_table(
        "curated_versions",
        sa.Column("curated_id", sa.String(32), parent, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("similar", sa.JSON, nullable=False),
        sa.Column("negative", sa.JSON, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sources", sa.JSON, nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=True),
        sa.Column("valid_until", sa.Date, nullable=True),
        sa.Column("review_due", sa.Date, nullable=False),
        sa.Column("written_by", sa.String(32), nullable=False),
        sa.Column("written_at", UtcDateTime, nullable=False),
    )


def _uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("upload_id", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("document_id", sa.String(200), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("warnings", sa.JSON, nullable=False),
        sa.Column("rehearsal", sa.Text, nullable=True),
        sa.Column("uploaded_by", sa.String(32), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        sa.Column("actor", sa.String(32), nullable=False, index=True),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("record_kind", sa.String(16), nullable=False),
        sa.Column("record_id", sa.String(200), nullable=False, index=True),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("hash", name="uq_audit_hash"),
    )
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(_REFUSE_FUNCTION)
    for word in ("update", "delete"):
        op.execute(_REFUSALS[dialect].format(word=word, WORD=word.upper()))


def downgrade() -> None:
    """Drop the tables."""
    names = (
        "audit", "uploads", "curated_versions", "curated_answers", "tickets", "setup_links", "desk_sessions", "accounts"
    )  # fmt: skip
    for name in names:
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
