"""Questions and notes as people write them, told apart by rule."""

import pytest

from bot.services.triage import is_question

QUESTIONS = {
    "en": [
        "who decides at Novara?",
        "What does Novara think of our reports",
        "do we know anything about Brenndal?",
        "tell me about Novara",
        "please tell me what Novara wants",
        "Could you tell me what Novara wants",
        "Novara: any complaints lately?",
        "why was the tender lost",
        "has anyone heard from Orla?",
        "hi, who decides at Novara?",
        "when does the contract with Novara end",
        "I want to know what Novara pays?",
        "is Novara content with our reports",
        "who's buying at Novara",
    ],
    "de": [
        "Wer entscheidet bei Novara?",
        "was denkt Novara über unsere Berichte",
        "Weiß jemand, wer bei Novara einkauft?",
        "Wann läuft der Vertrag mit Novara aus",
        "Gibt es Beschwerden von Novara?",
        "sag mir was Novara will",
    ],
    "fi": [
        "Kuka päättää Novarassa?",
        "mitä Novara ajattelee raporteistamme",
        "Onko Novara tyytyväinen",
        "kerro Novarasta",
        "Tietääkö joku, kuka siellä ostaa?",
    ],
    "sv": [
        "Vem bestämmer på Novara?",
        "vad tycker Novara om våra rapporter",
        "När går avtalet ut?",
        "berätta om Novara",
        "Är Novara nöjd?",
    ],
    "es": [
        "¿Quién decide en Novara?",
        "qué piensa Novara de nuestros informes",
        "¿Por qué perdimos la licitación?",
        "por qué perdimos la licitación",
        "dime qué quiere Novara",
        "¿Hay quejas de Novara?",
    ],
    "fr": [
        "Qui décide chez Novara ?",
        "que pense Novara de nos rapports",
        "Pourquoi avons-nous perdu l'appel d'offres ?",
        "qu'a demandé Novara ?",
        "d'où vient la plainte ?",
        "dis-moi ce que veut Novara",
    ],
}

NOTES = {
    "en": [
        "Novara wants the reports a week earlier",
        "P. Keller is the new head of procurement",
        "Where Novara was unhappy before, they now praise us. Good sign.",
        "When I visited Novara they told me the budget closes in October",
        "Do not forget: the budget of Novara closes in October",
        "What a day. Novara signed.",
        "Was at Novara today and they are unhappy",
        "Will send the data sheet to Novara tomorrow",
        "Hi all, Novara signed",
        "List price is too high says Novara",
    ],
    "de": [
        "Novara möchte die Berichte eine Woche früher",
        "War heute bei Novara, das Budget schließt im Oktober",
        "Ist heute bei Novara gewesen und sehr zufrieden",
        "Was Novara stört: die Berichte kommen zu spät",
        "Wie erwartet hat Novara den Vertrag verlängert",
    ],
    "fi": [
        "Novara haluaa raportit viikkoa aiemmin",
        "Kun kävin Novaralla, budjetti suljetaan lokakuussa",
    ],
    "sv": [
        "Novara vill ha rapporterna en vecka tidigare",
        "När jag var hos Novara var alla nöjda",
        "Är på Novara i dag och de är nöjda",
        "Var hos Novara i dag, de är missnöjda",
    ],
    "es": [
        "Novara quiere los informes una semana antes",
        "Por lo visto Novara cambia de director",
        "Hay un nuevo jefe de compras en Novara",
        "Como esperábamos, Novara renovó el contrato",
    ],
    "fr": [
        "Novara veut les rapports une semaine plus tôt",
        "Qui dit Novara dit qualité. Ils sont contents.",
        "Quand j'étais chez Novara, ils étaient contents",
    ],
}

REPORTED_QUESTIONS = [
    "Novara asked: can you run blister packs?",
    "Met Dana at Novara. She asked if we can deliver in May?",
    "They wonder if we can ship on Sunday?",
    "Question from Novara: which lines can run blister packs?",
    "Customer wants to know: do you have the data sheet?",
    "Novara fragt, ob wir Blister können?",
    "Frau Keller hat gefragt: Könnt ihr im Mai liefern?",
    "Novara will wissen, ob wir im Mai liefern können?",
    "Novara kysyi, pystymmekö pakkaamaan läpipainopakkauksia?",
    "Novara haluaa tietää, voimmeko toimittaa toukokuussa?",
    "Novara frågade om vi kan leverera i maj?",
    "Novara undrar om vi kan leverera i maj?",
    "Novara preguntó si podemos entregar en mayo?",
    "Novara quiere saber si podemos entregar en mayo?",
    "Novara demande si nous pouvons livrer en mai ?",
    "Novara veut savoir si nous pouvons livrer en mai ?",
]

QUESTIONS_ON_WHAT_WAS_ASKED = [
    "what did Novara ask us about?",
    "who asked about blister packs?",
    "did they ask for a discount?",
    "Hat Novara nach Rabatt gefragt?",
    "Welche Kunden haben nach Blistern gefragt?",
    "Kysyikö Novara alennusta?",
    "Mitä Novara kysyi?",
    "Vad frågade Novara om?",
    "¿Qué preguntó Novara?",
]


def spread(texts: dict[str, list[str]]) -> list[str]:
    return [text for in_language in texts.values() for text in in_language]


@pytest.mark.parametrize("text", spread(QUESTIONS))
def test_what_is_asked_of_the_bot_is_a_question(text: str):
    """In chat many leave the question mark out."""
    assert is_question(text)


@pytest.mark.parametrize("text", spread(NOTES))
def test_what_is_told_to_the_bot_is_a_note(text: str):
    """Even where it begins as a question may: a note that is taken for one would be lost."""
    assert not is_question(text)


@pytest.mark.parametrize("text", REPORTED_QUESTIONS)
def test_a_customer_s_question_that_somebody_reports_is_a_note(text: str):
    """The question mark belongs to the customer."""
    assert not is_question(text)


@pytest.mark.parametrize("text", QUESTIONS_ON_WHAT_WAS_ASKED)
def test_a_question_on_what_customers_asked_is_a_question(text: str):
    """Words of asking do not hide that the bot is asked."""
    assert is_question(text)


@pytest.mark.parametrize("text", ["", "   ", "?", "…", "👍"])
def test_what_has_no_words_is_no_question(text: str):
    """There is nothing to look for."""
    assert not is_question(text)


def test_a_long_story_is_a_note_whatever_it_ends_with():
    """Nobody asks the bot in forty words."""
    assert not is_question("Novara told me " + "that this and that " * 10 + "right?")


def test_marks_around_a_question_do_not_hide_it():
    """People quote, embrace and embolden."""
    assert is_question("*who decides at Novara?*")
    assert is_question("(Novara reports late again?)")
