"""Exact matching of registered names."""

import pytest

from adapters.local_model.names import NameIndex, find_names


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("Novara is late", ["Novara"], ["Novara"]),
        ("nOVARA is late", ["Novara"], ["nOVARA"]),
        ("Novaras Anfrage", ["Novara"], ["Novara"]),
        ("Novara's mail", ["Novara"], ["Novara"]),
        ("Supernovara", ["Novara"], []),
        ("ask PE today", ["PE"], ["PE"]),
        ("pe and PEs", ["PE"], []),
        ("the dairy rang", ["the dairy"], ["the dairy"]),
        ("Novara Pharma AG wrote", ["Novara", "Novara Pharma AG"], ["Novara Pharma AG"]),
        ("C++ (beta) GmbH", ["C++ (beta)"], ["C++ (beta)"]),
        ("", ["Novara", ""], []),
    ],
)
def test_names_are_found_as_words(text: str, names: list[str], expected: list[str]) -> None:
    """A name counts as a word of its own, whatever its case; a short one only with its case."""
    assert [text[m.start : m.end] for m in find_names(text, names)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Novara Pharma AG wrote to the Dairy, PE and C++ (beta) GmbH",
        "novaras; (o2) .NET İPE ünal’s PE",
        "ask o2 or O2, not pe. .NET!",
        "",
    ],
)
def test_an_index_finds_what_a_search_for_each_name_finds(text: str) -> None:
    """Looking up the beginnings of words loses no name, however it is written."""
    names = [
        "Novara",
        "Novara Pharma AG",
        "the dairy",
        "PE",
        "C++ (beta)",
        "O2",
        ".NET",
        "Ünal",
        "",
    ]
    assert NameIndex(names).find(text) == find_names(text, names)
