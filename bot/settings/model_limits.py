"""What models may cost in a day."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from bot.domain.spending import Allowance, Allowances

_Most = Annotated[int, Field(ge=0, le=10**12)]


class ModelLimitSettings(BaseSettings):
    """The limits of language and embedding models, counted from midnight UTC."""

    earshot_model_calls_per_person: Annotated[
        _Most,
        Field(
            description="How many calls of remote models a day (UTC) one person may cause; beyond "
            "any of these limits Earshot goes on without a model."
        ),
    ] = 500
    earshot_model_calls_per_workspace: Annotated[
        _Most, Field(description="How many calls of remote models a day one workspace may cause.")
    ] = 10_000
    earshot_model_calls_per_day: Annotated[
        _Most, Field(description="How many calls of remote models a day there may be in all.")
    ] = 20_000
    earshot_model_tokens_per_person: Annotated[
        _Most, Field(description="How many tokens of remote models a day one person may use up.")
    ] = 2_000_000
    earshot_model_tokens_per_workspace: Annotated[
        _Most, Field(description="How many tokens of remote models a day one workspace may use up.")
    ] = 30_000_000
    earshot_model_tokens_per_day: Annotated[
        _Most, Field(description="How many tokens of remote models a day may be used up in all.")
    ] = 60_000_000

    @property
    def model_allowances(self) -> Allowances:
        """The same by whom they concern."""
        return Allowances(
            person=Allowance(
                self.earshot_model_calls_per_person, self.earshot_model_tokens_per_person
            ),
            workspace=Allowance(
                self.earshot_model_calls_per_workspace, self.earshot_model_tokens_per_workspace
            ),
            installation=Allowance(
                self.earshot_model_calls_per_day, self.earshot_model_tokens_per_day
            ),
        )
