"""The taxonomy of customer knowledge: every facet an insight can have, and its values."""

from enum import StrEnum


class KnowledgeType(StrEnum):
    """Whose knowledge it is and which way it flows (Gebert et al. 2002)."""

    ABOUT = "about"  # describes the customer or its situation
    FROM = "from"  # the customer knows or judges it, and told us
    FOR = "for"  # information that flows, or should flow, to the customer


class ProcessStage(StrEnum):
    """How far a piece of knowledge has come (Khosravi & Hussin); it only moves forward."""

    ACQUISITION = "acquisition"
    STORAGE = "storage"
    DISSEMINATION = "dissemination"
    UTILIZATION = "utilization"

    @property
    def rank(self) -> int:
        """0 for acquisition to 3 for utilization."""
        return list(ProcessStage).index(self)


class UseKind(StrEnum):
    """What a use changed: our understanding, or something we do (Jayachandran et al. 2005)."""

    KNOWLEDGE_ENHANCING = "knowledge_enhancing"
    ACTION_ORIENTED = "action_oriented"


class Signal(StrEnum):
    """Non-transactional feedback (Stefanou et al. 2003)."""

    INQUIRY = "inquiry"
    SUGGESTION = "suggestion"
    COMPLAINT = "complaint"
    PRAISE = "praise"


class Topic(StrEnum):
    """What an insight is on (Arantola 2006; Davenport et al. 2001)."""

    STRATEGY = "strategy"
    NEEDS = "needs"
    ORGANISATION = "organisation"
    DECISION_PROCESS = "decision_process"
    FINANCE = "finance"
    RELATIONSHIP = "relationship"
    MARKET = "market"
    COMPETITOR = "competitor"
    TECHNOLOGY = "technology"
    REGULATION = "regulation"
    PRODUCT = "product"
    DELIVERY = "delivery"
    QUALITY = "quality"
    PRICE = "price"


class Moment(StrEnum):
    """An event that can turn the relationship (Mattinen 2006)."""

    STRATEGY_CHANGE = "strategy_change"
    OWNERSHIP_CHANGE = "ownership_change"
    DECISION_MAKER_CHANGE = "decision_maker_change"
    PRODUCTION_CHANGE = "production_change"
    NEW_ALLIANCE = "new_alliance"
    ACCOUNT_OWNER_CHANGE = "account_owner_change"
    BUDGET_DECISION = "budget_decision"
    COST_PROGRAMME = "cost_programme"
    CONTRACT_EVENT = "contract_event"


class MomentDirection(StrEnum):
    """Which way a moment may turn the relationship."""

    THREAT = "threat"
    OPPORTUNITY = "opportunity"
    OPEN = "open"


class Source(StrEnum):
    """Where the knowledge comes from (Arantola 2006)."""

    CUSTOMER_DATA = "customer_data"
    INTERNAL_TACIT = "internal_tacit"
    LISTENING = "listening"
    EXTERNAL_TACIT = "external_tacit"


class Certainty(StrEnum):
    """How the statement is made."""

    STATED = "stated"
    HEARSAY = "hearsay"
    INFERRED = "inferred"


class Belief(StrEnum):
    """How much a statement can be trusted (Mukherji 2012)."""

    UNVERIFIED = "unverified"
    CORROBORATED = "corroborated"
    VERIFIED = "verified"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class CustomerStatus(StrEnum):
    """Whether we sell to the customer already."""

    EXISTING = "existing"
    PROSPECT = "prospect"
    FORMER = "former"


class Relation(StrEnum):
    """How one insight stands to an earlier one on the same matter."""

    CORROBORATES = "corroborates"
    CONTRADICTS = "contradicts"
    SUPERSEDES = "supersedes"


class RelationshipShape(StrEnum):
    """How many of us speak with how many of them (Cheverton 2015)."""

    BOW_TIE = "bow_tie"  # one to one
    ONE_ON_MANY = "one_on_many"
    DUET = "duet"  # two pairs
    DIAMOND = "diamond"  # many to many
