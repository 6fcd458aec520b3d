"""Run by Alembic, on the connection that `knowledge_store.schema` opened."""

from alembic import context

from knowledge_store.schema import is_ours
from knowledge_store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
