"""Accept-Language: which language a refusal speaks, what stays the same, and headers that nobody can read."""

from collections.abc import Iterator

import pytest
from bc_client import Books
from hypothesis import given
from hypothesis import strategies as st

from linkspan.simulator import Simulator
from linkspan.simulator.odata.language import chosen_language, in_language
from linkspan.simulator.refusals import REFUSALS

NOBODY = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    client = Books(simulator)
    yield client
    client.close()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en-US"),
        ("*", "en-US"),
        ("de", "de-DE"),
        ("de-AT,en;q=0.5", "de-DE"),
        ("nb-NO, fr-CH;q=0.8, de;q=0.9", "de-DE"),
        ("fr;q=0, en", "en-US"),
        ("da, *;q=0.1", "en-US"),
        ("en, de", "en-US"),
        ("de;q=nonsense", "en-US"),
        ("de;q=NaN, fr;q=0.1", "fr-FR"),
        (",,;;==,DE-de", "de-DE"),
    ],
)
def test_the_best_known_language_is_chosen(header: str, language: str) -> None:
    assert language == chosen_language(header)


@given(header=st.text(max_size=200))
def test_no_header_is_too_odd(header: str) -> None:
    assert chosen_language(header) in {"en-US", "de-DE", "fr-FR"}


def test_code_status_and_identifiers_are_the_same_in_every_language(books: Books) -> None:
    answers = {
        language: books.inside("GET", f"customers({NOBODY})", accept_language=language)
        for language in ("en-US", "de-DE", "fr-FR", "*")
    }
    texts = {language: answer.json()["error"]["message"] for language, answer in answers.items()}

    assert {(404, "Internal_RecordNotFound")} == {
        (answer.status_code, answer.json()["error"]["code"]) for answer in answers.values()
    }
    assert texts["de-DE"].startswith(
        f"Customer ist nicht vorhanden. Identifizierende Felder und Werte: SystemId='{{{NOBODY}}}'"
    )
    assert texts["fr-FR"].startswith("Customer n'existe pas.")
    assert texts["*"].startswith("The Customer does not exist.")
    assert all("  CorrelationId:  " in text for text in texts.values())


def test_an_operation_of_a_batch_may_speak_its_own_language(books: Books) -> None:
    company = f"companies({books.simulator.demo.company_id})"
    requests = [
        {"id": "1", "method": "GET", "url": f"{company}/shipwrecks"},
        {"id": "2", "method": "GET", "url": f"{company}/shipwrecks", "headers": {"Accept-Language": "fr"}},
    ]
    answer = books.call(
        "POST", "$batch", {"requests": requests}, accept="application/json", prefer="odata.continue-on-error",
        accept_language="de",
    )  # fmt: skip
    first, second = (one["body"]["error"]["message"] for one in answer.json()["responses"])

    assert first.startswith('Für das Segment "shipwrecks"')
    assert second.startswith("Ressource introuvable")


@pytest.mark.parametrize("code", REFUSALS)
def test_a_translation_changes_the_text_only(code: str) -> None:
    fault = REFUSALS[code]
    translated = in_language(fault, "de-DE")

    assert (fault.status, fault.code, fault.retry_after) == (translated.status, translated.code, translated.retry_after)
    assert fault.message == in_language(fault, "en-US").message
    assert "{" not in translated.message.replace("='{", "")
