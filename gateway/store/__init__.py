"""The only place that knows the database."""

from sqlalchemy import Connection

__all__ = ["Connection"]
