"""How each Python type is stored, said once."""

import enum
from datetime import datetime

from sqlalchemy import Enum, MetaData
from sqlalchemy.orm import DeclarativeBase

from knowledge_store.columns import UtcDateTime, Words


def _values(enumeration: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in enumeration]


_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Of every table: enums are stored by value, times in UTC."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - read by the base class when it makes a table
        str: Words(),
        datetime: UtcDateTime(),
        enum.StrEnum: Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=False,
            values_callable=_values,
            length=32,
        ),
    }
