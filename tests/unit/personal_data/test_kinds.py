"""What is found of each kind, and what looks like it and has to stay."""

import pytest

from bot.services.personal_data import Kind, find


def found(text: str) -> list[tuple[Kind, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find(text)]


PHONES = [
    ("call her on +358 40 123 4567 after six", "+358 40 123 4567"),
    ("hänen numeronsa on 040 123 4567, soita illalla", "040 123 4567"),
    ("ring mig på 070-123 45 67", "070-123 45 67"),
    ("erreichbar unter 0171 2345678", "0171 2345678"),
    ("su móvil: 612 345 678", "612 345 678"),
    ("joignable au 06 12 34 56 78", "06 12 34 56 78"),
    ("text me: (415) 555-2671 x12", "(415) 555-2671 x12"),
    ("212-555-0147 is Pia's", "212-555-0147"),
    ("0030 21 0123 4567 in Athens", "0030 21 0123 4567"),
    ("020 7946 0958 (desk)", "020 7946 0958"),
    ("33 44 55 66 mobil", "33 44 55 66"),
]
EMAILS = [
    ("write to pia.keller+home@mail.example today", "pia.keller+home@mail.example"),
    ("(anna_b@x-y.example.org)", "anna_b@x-y.example.org"),
    ("pia [at] mail.example", "pia [at] mail.example"),
    ("<mailto:pia@mail.example>", "pia@mail.example"),
]
ACCOUNTS = [
    ("IBAN DE89 3704 0044 0532 0130 00 bitte", "DE89 3704 0044 0532 0130 00"),
    ("tili FI2112345600000785, kiitos", "FI2112345600000785"),
    ("fr1420041010050500013m02606", "fr1420041010050500013m02606"),
    ("a slip: SE45 5000 0000 0583 9825 7467", "SE45 5000 0000 0583 9825 7467"),
    ("bank account NO9386011117948 (with a slip)", "NO9386011117948"),
]
CARDS = [
    ("card 4111 1111 1111 1111 exp 12/28", "4111 1111 1111 1111"),
    ("amex 378282246310005", "378282246310005"),
    ("5555-5555-5555-4444", "5555-5555-5555-4444"),
    ("kortti 6759649826438453", "6759649826438453"),
]
IDS = [
    ("hetu 131052-308T", "131052-308T"),
    ("Y 811218-9876 enligt passet", "811218-9876"),
    ("personnummer 198112189876", "198112189876"),
    ("fødselsnummer 151086 95088", "151086 95088"),
    ("CPR 211062-5629", "211062-5629"),
    ("kennitala 4504013150", "4504013150"),
    ("her NI number is AB123456C", "AB123456C"),
    ("AB 12 34 56 C", "AB 12 34 56 C"),
    ("NHS number 943 476 5919", "943 476 5919"),
    ("Steuer-ID 36 574 261 809", "36 574 261 809"),
    ("SV-Nummer 65 170839 J 003", "65 170839 J 003"),
    ("DNI 54362315-K", "54362315-K"),
    ("NIE X2482300W", "X2482300W"),
    ("SSN 536-90-4399", "536-90-4399"),
    ("social security 536904399", "536904399"),
]
BIRTHS = [
    ("born 14.03.1979 in Turku", "14.03.1979"),
    ("DOB: 03/14/79", "03/14/79"),
    ("syntynyt 4. maaliskuuta 1971", "4. maaliskuuta 1971"),
    ("född den 1971-03-04", "1971-03-04"),
    ("geboren am 4. März 1971", "4. März 1971"),
    ("nacida el 4 de marzo de 1971", "4 de marzo de 1971"),
    ("née le 4 mars 1971", "4 mars 1971"),
    ("date of birth March 4, 1971", "March 4, 1971"),
    ("4.3.1971 geboren", "4.3.1971"),
]
ADDRESSES = [
    ("send it to 14 Elm Street, Medford MA 02155. thanks", "14 Elm Street, Medford MA 02155"),
    ("asuu Koskikatu 25 A 12, 40100 Jyväskylä", "Koskikatu 25 A 12, 40100 Jyväskylä"),
    ("bor på Storgatan 3, 123 45 Uppsala", "Storgatan 3, 123 45 Uppsala"),
    ("wohnt Hauptstraße 7, 10115 Berlin", "Hauptstraße 7, 10115 Berlin"),
    ("Calle Mayor 5, 2º, 28013 Madrid", "Calle Mayor 5, 2º, 28013 Madrid"),
    ("12 bis rue de la Paix, 75002 Paris", "12 bis rue de la Paix, 75002 Paris"),
    ("10 King's Road, London SW3 4UD", "10 King's Road, London SW3 4UD"),
    ("P.O. Box 287, 02155 Medford", "P.O. Box 287, 02155 Medford"),
    ("she lives at 14 elm street these days", "14 elm street"),
    ("postcode SW3 4UD", "SW3 4UD"),
    ("> 7 Crown Hill Road\n> Apt. 12\n> Dover\n> Kent 02155", None),
]
HEALTH = [
    ("Pia is off till May, knee surgery", "knee surgery"),
    ("Ben was diagnosed with type 2 diabetes", "type 2 diabetes"),
    ("she is on sick leave", "on sick leave"),
    ("Pia on sairauslomalla toukokuuhun", "sairauslomalla"),
    ("Pia är sjukskriven till maj", "sjukskriven"),
    ("Pia ist bis Mai krankgeschrieben", "krankgeschrieben"),
    ("Pia está embarazada", "embarazada"),
    ("Pia est en arrêt maladie", "en arrêt maladie"),
    ("Ben leidet an Depressionen", "Depressionen"),
]
SAMPLES = [
    *((Kind.PHONE, *sample) for sample in PHONES),
    *((Kind.EMAIL, *sample) for sample in EMAILS),
    *((Kind.BANK_ACCOUNT, *sample) for sample in ACCOUNTS),
    *((Kind.CARD, *sample) for sample in CARDS),
    *((Kind.ID_NUMBER, *sample) for sample in IDS),
    *((Kind.BIRTH_DATE, *sample) for sample in BIRTHS),
    *((Kind.ADDRESS, *sample) for sample in ADDRESSES),
    *((Kind.HEALTH, *sample) for sample in HEALTH),
]


@pytest.mark.parametrize(("kind", "text", "words"), SAMPLES)
def test_it_is_found_where_it_stands(kind: Kind, text: str, words: str | None):
    """Whole, and nothing beside it; of a quoted block everything from the first number on."""
    assert found(text) == [(kind, words or text.removeprefix("> "))]


@pytest.mark.parametrize(
    "text",
    [
        "PO 4500-123-4567 is late",
        "order no. 040 123 4567 shipped",
        "batch 260312-4471 failed",
        "Charge 0171 2345678 gesperrt",
        "lasku 123456-7897",
        "part 811218-9876",
        "serial 4111111111111111",
        "they ordered 40 000 000 vials",
        "price 1.250.000 €, was 1 300 000",
        "revenue of 655 400 000",
        "call us about the 250 000 units",
        "from 2024-2026, on 14.03.2026 or 2026-03-14",
        "meeting moved to 12.11.2026, 09:30-10:15",
        "server 192.168.10.25 answers",
        "version 12.4.1 build 20260312",
        "Q4 2026, KW 12, week 40",
        "S/4HANA go-live 1. Juli",
        "IBAN: XX12 3456 7890 1234",
        "DE89 3704 0044",
        "card 4111 1111 1111 1112",
        "DNI 54362315-L",
        "hetu 131052-308U",
        "SSN 000-12-3456",
        "AB123456C is the new label printer",
        "@anna see #sales",
        "founded 14.03.1979",
        "the contract was signed on March 4, 1971",
        "14 Novara Labs people came",
        "Werk 2 and Line 14 stand still",
        "Highway 66 to Phase 3",
        "diabetes products, oncology trial in phase 3",
        "their hip replacement implants sell well",
        "the new breast cancer drug is out in May",
        "hip replacement market, up 4 %",
        "Novara's head of procurement, Pia Keller, decides",
    ],
)
def test_what_only_looks_like_it_stays(text: str):
    """Order, batch and part numbers, amounts, dates, products and names are knowledge."""
    assert found(text) == []
