"""What is cut to Slack's limits: nothing within a character, nothing lost without a word of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import blocks, home_tab, render, text
from adapters.slack.form import modal
from bot.messages import (
    Action,
    Block,
    Button,
    FieldKind,
    Form,
    FormField,
    Home,
    HomeItem,
    HomeSection,
    Outgoing,
    Paragraph,
    Place,
    Quote,
    Reply,
    Span,
)
from tests.block_kit import problem_with_home, problem_with_message, problem_with_view
from tests.contract.drivers_slack import readable

SEEN_AS_ONE = st.sampled_from(
    [
        "a",
        " ",
        "\n",
        "&",
        "<",
        ">",
        "漢",
        "𝒳",
        "e\u0301\u0302",
        "ش\u0651\u064e",
        "नि",
        "क्षि",
        "กำ",
        "1\ufe0f\u20e3",
        "❤\ufe0f",
        "👍🏽",
        "👩🏾\u200d🔬",
        "👩\u200d👩\u200d👧\u200d👦",
        "🏳\ufe0f\u200d🌈",
        "🇫🇮",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u1112\u1161\u11ab",
        "\r\n",
    ]
)
PLACE = Place("slack", "main", "C1")
LIMITS = st.integers(min_value=24, max_value=60)


def ends_of(characters: list[str]) -> set[int]:
    """Where the text may be cut."""
    ends, position = {0}, 0
    for character in characters:
        position += len(character)
        ends.add(position)
    return ends


@given(st.lists(SEEN_AS_ONE, max_size=60), LIMITS, st.booleans())
def test_pieces_end_between_characters(characters: list[str], limit: int, escaped: bool):
    """In every script and for every emoji; together they are the text; each fits."""
    whole, position = "".join(characters), 0
    size = text.escaped_units if escaped else text.units

    for piece in text.pieces(whole, limit, size):
        position += len(piece)
        assert position in ends_of(characters)
        assert size(piece) <= limit

    assert position == len(whole)


@given(st.lists(SEEN_AS_ONE, max_size=60), LIMITS, st.booleans())
def test_what_is_shortened_is_a_beginning_and_says_so(
    characters: list[str], limit: int, escaped: bool
):
    """At least half of the room is used, and no entity of Slack's is cut."""
    whole = "".join(characters)
    size = text.escaped_units if escaped else text.units

    short = text.shorten(whole, limit, size)

    assert size(short) <= limit
    assert text.decode(text.escape(short)) == short
    if short != whole:
        kept = short.removesuffix("…")
        assert short.endswith("…")
        assert whole.startswith(kept)
        left_out = whole[len(kept) :].lstrip()
        assert any(whole[end:].lstrip() == left_out for end in ends_of(characters))


@given(st.lists(SEEN_AS_ONE, max_size=120).map("".join), st.integers(24, 150))
def test_a_text_object_holds_a_whole_beginning(words: str, limit: int):
    """Read back, it is what was meant, or a beginning of it with an ellipsis."""
    shown = str(blocks.plain_text(words, limit)["text"])

    assert text.units(shown) <= limit
    assert words.startswith(text.decode(shown).removesuffix("…")) or shown == "–"


LONG = st.builds(
    lambda word, times: word * times,
    st.lists(SEEN_AS_ONE, min_size=1, max_size=9).map("".join).filter(str.strip),
    st.sampled_from([1, 30, 400, 1500]),
)
BLOCKS = st.builds(
    Paragraph, st.lists(LONG.map(Span), min_size=1, max_size=3).map(tuple), subdued=st.booleans()
) | st.builds(Quote, LONG)
BUTTONS = st.builds(Button, LONG, st.sampled_from(Action), st.just("n1"))


def words_of(block: Block) -> str:
    return block.text if isinstance(block, Quote) else "".join(span.text for span in block.spans)


@settings(max_examples=25, deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=3), st.lists(BUTTONS, max_size=3))
def test_of_a_long_reply_nothing_is_lost(body: list[Block], buttons: list[Button]):
    """Over as many messages as it takes, each of which Slack takes. Space may be."""
    sent = render.messages(Reply(tuple(body), tuple(buttons)))

    assert [problem_with_message(one.text, list(one.blocks)) for one in sent] == [None] * len(sent)
    shown = "".join(
        readable(block)
        for one in sent
        for block in one.blocks
        if block["type"] not in {"actions", "context_actions"}
    )
    assert "".join(shown.split()) == "".join("".join(map(words_of, body)).split())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(BLOCKS, min_size=1, max_size=2), min_size=1, max_size=9))
def test_a_page_of_any_length_fits(items: list[list[Block]]):
    """What does not fit is left out, and what is shown is whole blocks of it."""
    lines = tuple(HomeItem(tuple(item)) for item in items)
    page = Home((HomeSection("Notes", lines),))
    outgoing = Outgoing("o1", PLACE, "U1", Reply(()))

    view = dict(home_tab.view(outgoing, page))

    assert problem_with_home(view) is None


@settings(max_examples=25, deadline=None)
@given(LONG, LONG, LONG, LONG)
def test_a_form_of_any_length_fits(title: str, label: str, value: str, hint: str):
    """Whatever stands in it."""
    field = FormField("text", label, FieldKind.TEXT, value=(value,), hint=hint)

    view = modal(Form(title, Action.SAVE_CHANGE, "i1", (field,)), PLACE, None)

    assert problem_with_view(view) is None
