"""What commands print is what they were given: no name of a customer is markup, an emoji code or an order to the terminal."""

import pytest

from linkspan.cli.output import plain, print_error, print_facts, print_table
from linkspan.errors import InvalidInputError, Mistake, ProviderAnswer, ProviderRejectedError

HOSTILE = "[/x] [red]Holm[/red] :smile:"


def test_a_table_prints_texts_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "[bold]"), [(HOSTILE, None), ("a\x1b[2Jb", 1)], empty="none")
    told = capsys.readouterr().out

    assert HOSTILE in told
    assert "[bold]" in told
    assert "\x1b" not in told
    assert "a\\x1b[2Jb" in told


def test_a_table_in_a_pipe_keeps_each_row_whole_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("first", "second"), [("a" * 300, "b" * 300)], empty="none")

    assert ["first", "a" * 300] == [line.split()[0] for line in capsys.readouterr().out.splitlines()]


def test_no_rows_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a",), [], empty="Nothing [yet].")

    assert "Nothing [yet].\n" == capsys.readouterr().out


def test_facts_leave_out_what_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts({"name": HOSTILE, "label": None, "reasons": ["one", "two"], "none": []})

    assert f"name     {HOSTILE}\nreasons  one, two\n" == capsys.readouterr().out


def test_an_error_tells_each_mistake_and_the_providers_words(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(InvalidInputError(HOSTILE, mistakes=[Mistake("body.[x]", "is wrong", "body.x")]))
    print_error(ProviderRejectedError(provider=ProviderAnswer(400, "u", "Code", "No \x07[b]such[/c].")))
    told = capsys.readouterr().err

    assert f"invalid_input: {HOSTILE}" in told
    assert "  - body.[x]: is wrong; did you mean 'body.x'?" in told
    assert "the provider said (400): Code: No \\x07[b]such[/c]." in told
    assert 2 == told.count("  next: ")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Ærøskøbing 東京", "Ærøskøbing 東京"), ("a\tb\nc", "a\\tb\\nc"), ("x\u202egpj", "x\\u202egpj"), ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"), (12, "12"),
    ],
)  # fmt: skip
def test_only_what_steers_a_terminal_is_spelt_out(given: object, expected: str) -> None:
    assert expected == plain(given)
