"""Who has installed the bot by OAuth.

An installation may be of an organisation, so of many workspaces: its key is the platform's id for
who installed it.
"""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from knowledge_store.tables.base import Base


class InstallationRow(Base):
    """An installation; `sealed_grant` holds its tokens, encrypted.

    Each new grant gives it another `generation`. Whoever renews the grant has it to themselves
    until `renewing_until`.
    """

    __tablename__ = "installations"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    bot_user_id: Mapped[str]
    bot_id: Mapped[str]
    bot_name: Mapped[str]
    is_org_wide: Mapped[bool]
    installed_at: Mapped[datetime]
    generation: Mapped[str]
    sealed_grant: Mapped[str]
    renewing_until: Mapped[datetime | None]


class InstalledWorkspaceRow(Base):
    """A workspace that an installation serves, or has served: it stays when that is removed."""

    __tablename__ = "installed_workspaces"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str]
    installation_id: Mapped[str] = mapped_column(index=True)


class InstallStateRow(Base):
    """An installation that was begun in a browser; of its secrets only digests are kept."""

    __tablename__ = "install_states"

    digest: Mapped[str] = mapped_column(primary_key=True)
    browser_digest: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)
