"""One definition a term, marked where the term first appears."""

import pytest

from nnviz import catalogue, glossary


def test_terms_are_many_distinct_and_short() -> None:
    assert len(glossary.TERMS) >= 70
    assert len({term.lower() for term in glossary.TERMS}) == len(glossary.TERMS)
    assert all(20 < len(text) < 200 and text.endswith(".") for text in glossary.TERMS.values())


def test_a_term_is_marked_once_and_longer_terms_win() -> None:
    seen: set[str] = set()
    marked = glossary.mark("Batch normalization of a batch; another batch. Units and unit.", seen)
    assert marked.count("<abbr") == 3
    assert ">Batch normalization</abbr>" in marked
    assert ">Units</abbr>" in marked
    assert seen == {"batch normalization", "batch", "unit"}


def test_code_links_and_parts_of_words_are_left_alone() -> None:
    text = "`loss` and [loss](https://x.y/loss) and glossy unitary"
    assert glossary.mark(text, set()) == text


def test_definitions_are_escaped() -> None:
    marked = glossary.mark("NaN", set())
    assert "“Not a number”" in marked
    assert marked.count('"') == 4


@pytest.mark.parametrize("page", catalogue.built(), ids=lambda page: page.slug)
def test_intros_use_terms_that_are_explained(page: catalogue.Page) -> None:
    assert "<abbr" in glossary.mark(catalogue.load(page.slug).lesson.intro, set())


def test_what_builds_on_what_has_no_circle() -> None:
    slugs = {page.slug for page in catalogue.pages()}
    assert set(catalogue.BUILDS_ON) <= slugs
    assert {slug for before in catalogue.BUILDS_ON.values() for slug in before} <= slugs
    left = {slug: set(catalogue.BUILDS_ON.get(slug, ())) for slug in slugs}
    while left:
        free = {slug for slug, before in left.items() if not before & left.keys()}
        assert free, f"a circle among {sorted(left)}"
        left = {slug: before for slug, before in left.items() if slug not in free}
