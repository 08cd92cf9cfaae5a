"""Runs the migrations on the connection that `gateway.store.migrate` hands over."""

from alembic import context

from gateway.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # The transaction and its lock are the caller's.
    transactional_ddl=False,
)
context.run_migrations()
