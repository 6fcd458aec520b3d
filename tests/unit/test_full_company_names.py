"""A company's full name is recognised however it is written, and another company's is not it."""

import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.domain.customer import Customer
from bot.services.customer_linking import CustomerLinker, LinkContext, Linking
from bot.services.customer_linking.company_names import Likeness, likeness_of, read_name
from evals.name_bench import pairs_of


def customer(name: str, *aliases: str) -> Customer:
    return Customer(id=name, workspace="W", name=name, aliases=aliases)


def link(text: str, customers: Sequence[Customer], context: LinkContext | None = None) -> Linking:
    return CustomerLinker(customers).link(text, context or LinkContext())


CUSTOMERS = (
    customer("Kestrin Pharma AG"),
    customer("Lumivaara Paper Oyj"),
    customer("Halvex Sweden AB"),
    customer("Brandt Fund II LP"),
    customer("Ostrava Steel International"),
    customer("Первая Пекарня ООО"),
    customer("T&W Tarn & Wexley Ltd"),
    customer("Orange SA"),
    customer("Kelmor 44 Security"),
    customer("Meridane Inc."),
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("we met Kestrin Pharma Aktiengesellschaft", "Kestrin Pharma AG"),
        ("a call with Meridane Corporation today", "Meridane Inc."),
        ("Pervaya Pekarnya Limited Liability Company", "Первая Пекарня ООО"),
        ("Pervaia Pekarnia asked", "Первая Пекарня ООО"),
        ("Ostrava Int'l Steel", "Ostrava Steel International"),
        ("T and W Tarn and Wexley Limited", "T&W Tarn & Wexley Ltd"),
        ("Kelmor Forty-Four Security", "Kelmor 44 Security"),
        ("Halvex Sverige AB wants more", "Halvex Sweden AB"),
        ("Brandt Fund 2 LP", "Brandt Fund II LP"),
        ("Lumi Vaara Paper Oyj", "Lumivaara Paper Oyj"),
    ],
)
def test_a_full_name_is_recognised_however_it_is_written(text: str, name: str) -> None:
    """Legal form in full, word order, abbreviation, numbers, places and scripts."""
    assert link(text, CUSTOMERS).customer_ids == (name,)


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ("Kestrin Pharma Deutschland AG asked", "Kestrin Pharma AG"),
        ("Kestrin Pharma GmbH asked", "Kestrin Pharma AG"),
        ("Kestrin Foods AG asked", "Kestrin Pharma AG"),
        ("Halvex Norway AB asked", "Halvex Sweden AB"),
        ("Halvex Norway asked", "Halvex Sweden AB"),
        ("Brandt Fund III LP asked", "Brandt Fund II LP"),
        ("Brandt Fund III asked", "Brandt Fund II LP"),
        ("Kelmor 45 Security", "Kelmor 44 Security"),
    ],
)
def test_a_sister_company_is_offered_and_not_linked(text: str, candidate: str) -> None:
    """Another place, trade, number or legal form in the full name is another company."""
    linking = link(text, CUSTOMERS)
    assert linking.customer_ids == ()
    assert [c.name for c in linking.candidates] == [candidate]


def test_a_sister_company_means_the_customer_of_this_conversation() -> None:
    """In a customer's own channel its daughter is spoken of as part of it."""
    context = LinkContext(conversation_customer_id="Kestrin Pharma AG")
    linking = link("Kestrin Pharma Deutschland AG asked", CUSTOMERS, context)
    assert linking.customer_ids == ("Kestrin Pharma AG",)


@pytest.mark.parametrize(
    "text",
    [
        "Kestrin Pharma AG Lyon",
        "Kestrin Audit Donnerstag",
        "Kestrins Bestellung",
        "Kestrin 2027",
        "the Kestrin UK business grows",
        "Kestrin and Fabrikam AG signed",
        "Kestrin, Fabrikam AG and others signed",
        "KESTRIN PHARMA AG CANCELLED TODAY",
        "Thanks to Kestrin Pharma. As said",
    ],
)
def test_what_stands_beside_a_name_is_no_part_of_it(text: str) -> None:
    """Sites, dates, nouns with a capital, and other companies do not hide a customer."""
    assert link(text, CUSTOMERS).customer_ids == ("Kestrin Pharma AG",)


def test_a_legal_form_shows_that_an_ordinary_word_is_a_name() -> None:
    """Orange alone is a colour, and Orrange SA the customer with a slip."""
    assert link("Orange asked for a quote", CUSTOMERS).customer_ids == ()
    assert link("Orrange SA asked for a quote", CUSTOMERS).customer_ids == ("Orange SA",)


def test_a_full_name_of_two_customers_is_never_guessed() -> None:
    """Where each may be meant, both are offered; the legal form tells them apart."""
    twins = (customer("Veltro Foods AG"), customer("Veltro Logistics AG"), customer("Tarn AG"))
    linking = link("Veltro AG signed", twins)
    assert linking.customer_ids == ()
    assert {c.name for c in linking.candidates} == {"Veltro Foods AG", "Veltro Logistics AG"}

    forms = (customer("Veltro AG"), customer("Veltro GmbH"))
    assert link("Veltro Aktiengesellschaft signed", forms).customer_ids == ("Veltro AG",)


def test_a_word_nearly_like_a_name_is_doubted_beside_a_customer() -> None:
    """Sundsvall is a town: beside a customer named without a slip it is no misspelt builder."""
    customers = (customer("Norrhage Bygg"), customer("Sundvall Bygg AB", "Sundvall"))
    linking = link("Norrhage opens a yard in Sundsvall", customers)
    assert linking.customer_ids == ("Norrhage Bygg",)
    assert [c.name for c in linking.candidates] == ["Sundvall Bygg AB"]
    assert link("visited Sundvll, they are fine", customers).customer_ids == ("Sundvall Bygg AB",)


def test_a_customer_written_in_full_is_no_unknown_organisation() -> None:
    """Half of a customer's name is not offered for registering."""
    linking = link("Ostrava Steel and Tarn & Wexley Limited met", CUSTOMERS)
    assert linking.unknown_names == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tarn AG", "Tarn Aktiengesellschaft"),
        ("Tarn Holding LLC", "OOO Tarn Holding"),
        ("Tarn Works Joint Stokk Company", "Tarn Works JSC"),
        ("The Tarn Company", "Tarn Co."),
        ("T.W.G. Energy", "TWG Energy"),
        ("U.K. Tarn Board", "United Kingdom Tarn Board"),
        ("Larkmere Farms", "Lark Mere Farms"),
        ("Tarn Ljubljana d.o.o.", "TARN LJUBLJANA DOO"),
        ("Sosiété Dörnfeld", "Société Doernfeld"),
    ],
)
def test_two_spellings_are_one_company(one: str, other: str) -> None:
    """Whichever is registered."""
    assert likeness_of(read_name(one), read_name(other)) is not Likeness.NONE
    assert likeness_of(read_name(other), read_name(one)) is not Likeness.NONE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tarn AG", "Tarn GmbH"),
        ("Tarn of Leeds Ltd", "Tarn of Luton Ltd"),
        ("Tarn (France) SARL", "Tarn (Germany) GmbH"),
        ("Tarn Steel Packaging", "Tarn Steel Printing"),
        ("Tarn Partners IV", "Tarn Partners V"),
        ("Tarn Bond 2014-3", "Tarn Bond 2015-3"),
        ("TX Tarn", "TV Tarn"),
        ("Harlowby plc", "Hurlawey plc"),
        ("Mutual of Peru", "Mutual of Japan"),
    ],
)
def test_two_companies_are_told_apart(one: str, other: str) -> None:
    """Whichever is registered."""
    assert likeness_of(read_name(one), read_name(other)) is Likeness.NONE
    assert likeness_of(read_name(other), read_name(one)) is Likeness.NONE


@pytest.mark.parametrize("name", ["", "AG", "Oy Ab", "&", "The Company", "AG " * 2_000, "Ъ", "II"])
def test_a_name_of_nothing_but_additions_does_no_harm(name: str) -> None:
    """It may be registered and written like any other."""
    link("AG and Oy Ab and The Company and II", [customer(name), *CUSTOMERS])
    link(name, CUSTOMERS)


@pytest.mark.parametrize("piece", ["Novarra Ltd ", "Kestrin Foods AG, ", "Tarn\nWexley Oy\n"])
def test_many_full_names_take_little_time(piece: str) -> None:
    """However many a note holds (a loaded machine is given several times the usual)."""
    linker = CustomerLinker(CUSTOMERS)
    start = time.process_time()
    linker.link((piece * 40_000)[:40_000], LinkContext())
    assert time.process_time() - start < 2


@pytest.mark.slow
def test_full_names_among_fifty_thousand_customers_are_no_burden() -> None:
    """Milliseconds a note (a loaded machine is given several times as long)."""
    letters = random.Random(11)
    syllables = ["ka", "ve", "lor", "min", "tha", "dra", "pen", "sol", "bri", "ost", "wex", "dal"]

    def word() -> str:
        return "".join(letters.choices(syllables, k=4)).capitalize()

    customers = [customer(f"{word()} {word()} AG") for _ in range(50_000)]
    linker = CustomerLinker(customers)
    start = time.process_time()
    for known in customers[:100]:
        text = f"we met {known.name.removesuffix('AG')}Aktiengesellschaft and want more"
        assert linker.link(text, LinkContext()).customer_ids == (known.name,)
    assert (time.process_time() - start) / 100 < 0.03


def test_the_benchmark_counts_links_of_the_written_name(tmp_path: Path) -> None:
    """A pair is found if the first name, written, is linked to the second; persons are left out."""
    file = tmp_path / "pairs.csv"
    file.write_text(
        "schema,name1,name2,is_match\n"
        "Company,Tarn Aktiengesellschaft,Tarn AG,true\n"
        "Company,Tarn Norway AG,Tarn Sweden AG,false\n"
        "Person,Ida Roth,Ida Rot,true\n",
        encoding="utf-8",
    )
    assert [(pair.is_match, pair.is_linked) for pair in pairs_of(file)] == [
        (True, True),
        (False, False),
    ]
