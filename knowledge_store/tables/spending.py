"""What language and embedding models have cost."""

from datetime import date

from sqlalchemy import BigInteger, Date
from sqlalchemy.orm import Mapped, mapped_column

from knowledge_store.tables.base import Base


class ModelSpendingRow(Base):
    """What models cost in a day (UTC).

    For a person; with an empty `person_id` for the whole workspace; with an empty `workspace` too,
    for the whole installation.
    """

    __tablename__ = "model_spending"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    workspace: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int]
    tokens: Mapped[int] = mapped_column(BigInteger)
