"""Entry point that Alembic runs; the connection comes from :func:`corpus.database.upgrade`."""

from __future__ import annotations

from alembic import context

from corpus.database import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
