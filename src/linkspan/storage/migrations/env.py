"""Alembic's entry: it runs the migrations on the connection, and within the transaction, that upgrade.py hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
