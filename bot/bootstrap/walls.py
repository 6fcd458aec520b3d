"""The walls around customers, over the store that the settings name."""

from collections.abc import Iterator

from bot.bootstrap.data import opened_workspace
from bot.domain.audit import OPERATOR, AuditEntry, AuditEvent
from bot.domain.wall import Wall, WallChange
from bot.errors import NotFound
from bot.settings import Settings


def wall_lines(
    settings: Settings, customer: str | None, change: WallChange, workspace: str
) -> Iterator[str]:
    """Change the wall around a customer, if anything is to change, and tell of it, or of all.

    Raises NotFound for a name that is no customer's, or several customers'.
    """
    with opened_workspace(settings, workspace) as (store, operator):
        if customer is None:
            names = {one.id: one.name for one in store.customers.all(operator)}
            yield from (_told(names[one.customer_id], one) for one in store.walls.all(operator))
            return
        found = store.customers.named(customer, operator)
        if len(found) != 1:
            raise NotFound(customer)
        built = store.walls.wall(found[0].id, operator)
        if change != WallChange():
            built = store.walls.change(found[0].id, change, operator)
            store.audit.record(
                AuditEntry(workspace, AuditEvent.WALL_CHANGED, OPERATOR, found[0].id)
            )
        if built is not None:
            yield _told(found[0].name, built)


def _told(name: str, wall: Wall) -> str:
    state = "closed" if wall.is_closed else "open"
    let_in, kept_out = (", ".join(sorted(ids)) or "–" for ids in (wall.allowed, wall.denied))
    return f"{name}: {state}; let in: {let_in}; kept out: {kept_out}"
