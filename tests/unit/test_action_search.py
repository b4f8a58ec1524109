"""The search of actions: names, verbs, typing errors and other words, on the catalogue that Linkspan ships."""

import hashlib
from pathlib import Path

import pytest

from linkspan.connectors.catalog import load_catalog
from linkspan.connectors.search import ActionIndex
from linkspan.connectors.search_words import stems

QUESTIONS = Path(__file__).parents[2] / "benchmarks" / "search" / "questions.tsv"


@pytest.fixture(scope="module")
def index() -> ActionIndex:
    return load_catalog().index


@pytest.mark.parametrize(
    ("question", "action"),
    [
        ("list customers", "list_customers"),
        ("read one customer", "get_customer"),
        ("create a customer", "create_customer"),
        ("delete the customer", "delete_customer"),
        ("Change VENDOR 10", "update_vendor"),
        ("sales quotes", "list_sales_quotes"),
        ("custmer list", "list_customers"),
        ("show purchse orders", "list_purchase_orders"),
    ],
)
def test_the_best_action_comes_first(index: ActionIndex, question: str, action: str) -> None:
    assert f"dynamics365bc_{action}" == index.search(question)[0].action.id


def test_of_the_questions_to_tune_by_most_find_their_action_first(index: ActionIndex) -> None:
    asked = [line.split("\t") for line in QUESTIONS.read_text().splitlines()]
    asked = [(right, text) for right, text in asked if hashlib.sha256(text.encode()).digest()[0] % 3]
    found = [[one.action.id.removeprefix("dynamics365bc_") for one in index.search(text)] for _, text in asked]

    assert 280 < len(asked)
    assert 0.85 <= sum([right] == best[:1] for best, (right, _) in zip(found, asked, strict=True)) / len(asked)


def test_scores_fall_and_the_number_is_bounded(index: ActionIndex) -> None:
    found = index.search("customer", limit=7)

    assert 7 == len(found)
    assert sorted((one.score for one in found), reverse=True) == [one.score for one in found]
    assert 1.0 == found[0].score


@pytest.mark.parametrize("question", ["", "???", "zzzzqqqq", "🙂"])
def test_a_question_that_means_nothing_finds_nothing(index: ActionIndex, question: str) -> None:
    assert [] == index.search(question)


def test_another_connectors_actions_are_left_out(index: ActionIndex) -> None:
    assert [] == index.search("list customers", connector="other")


def test_stems_leave_accents_and_endings_out() -> None:
    assert ["category", "box", "wahrung", "status", "customer"] == stems("Categories boxes Währung status customer's")
