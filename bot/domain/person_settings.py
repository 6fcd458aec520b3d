"""What a person has chosen of what the bot sends them unasked."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when to when, by the person's own clock, nothing is sent unasked; may span midnight."""

    start: time
    end: time

    def end_of(self, local_now: datetime) -> datetime | None:
        """When the quiet ends that is now; None outside of it."""
        now = local_now.timetz().replace(tzinfo=None)
        if self.start <= self.end:
            if not self.start <= now < self.end:
                return None
        elif self.end <= now < self.start:
            return None
        day = local_now.date() + timedelta(days=1 if now >= self.end else 0)
        return datetime.combine(day, self.end, tzinfo=local_now.tzinfo)


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """One person's choices; as made, these are the defaults.

    `digest_on` is None where the person never chose: then their role decides. `digest_weekday` is 1
    for Monday. `loop` is what the contributor hears of what became of their notes.
    """

    workspace: str
    person_id: str
    digest_on: bool | None = None
    digest_weekday: int = 1
    digest_hour: int = 8
    quiet: QuietHours | None = None
    loop_on: bool = True
    loop_paused_until: datetime | None = None

    def hears_of_notes(self, now: datetime) -> bool:
        """Whether the person wants to be told now what became of their notes."""
        paused = self.loop_paused_until is not None and now < self.loop_paused_until
        return self.loop_on and not paused
