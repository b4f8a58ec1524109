"""How often the right action is found: Linkspan's search beside stackone-ai's ToolIndex, over one set of questions, in one run.

A third of the questions is kept apart (`--kept-apart` asks those instead): look at it only when the tuning is done. Exits 1 if a target is
missed: 85 % first hits, 10 points ahead, 1 ms a question. ToolIndex runs in the environment that `make clients` installs.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from linkspan.connectors.action import Action
from linkspan.connectors.catalog import load_catalog
from linkspan.connectors.search import ActionIndex

HERE = Path(__file__).parent
QUESTIONS = HERE / "search" / "questions.tsv"
PEER = HERE.parent / "tests" / "clients" / "stackone-ai" / "env" / "bin" / "python"
CONNECTOR = "dynamics365bc"
LEAST_HITS, LEAST_AHEAD, MOST_MS, MOST_MS_OF_MANY = 0.85, 0.10, 1.0, 5.0
MANY = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, and the actions that answer it."""

    text: str
    right: frozenset[str]


def read_questions(*, kept_apart: bool) -> list[Question]:
    """The questions to tune by, or those that are kept apart from it."""
    found = []
    for line in QUESTIONS.read_text().splitlines():
        right, text = line.split("\t")
        apart = hashlib.sha256(text.encode()).digest()[0] % 3 == 0
        if apart is kept_apart:
            found.append(Question(text, frozenset(f"{CONNECTOR}_{name}" for name in right.split("|"))))
    return found


def ours(index: ActionIndex, questions: list[Question]) -> tuple[list[list[str]], float]:
    """The first five of each question, and CPU milliseconds a question."""
    began = time.process_time()
    answers = [[one.action.id for one in index.search(question.text)] for question in questions]
    return answers, (time.process_time() - began) * 1000 / len(questions)


def peers(actions: list[Action], questions: list[Question]) -> tuple[list[list[str]], float]:
    """The same by ToolIndex, on the same catalogue, in its own environment."""
    tools = [
        {"name": action.id, "description": action.description, "schema": dict(action.input_schema)}
        for action in actions
    ]
    asked = json.dumps({"tools": tools, "questions": [question.text for question in questions]})
    command = [str(PEER), str(HERE / "search" / "peer.py")]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return told["answers"], told["ms"]


def with_words(action: Action) -> Action:
    """The action with the other names of its records in its description."""
    return replace(action, description=f"{action.description} {', '.join(action.also)}")


def hits(answers: list[list[str]], questions: list[Question], among: int) -> float:
    """The share of questions whose right action is among the first so many."""
    return sum(
        bool(question.right & set(found[:among])) for found, question in zip(answers, questions, strict=True)
    ) / len(questions)


def many(actions: list[Action]) -> ActionIndex:
    """An index of so many actions as several connectors together have."""
    copies = (
        replace(action, connector=f"{action.connector}{number}", id=f"{action.id}{number}")
        for number in range(MANY // len(actions) + 1)
        for action in actions
    )
    return ActionIndex([action for action, _ in zip(copies, range(MANY), strict=False)])


def main() -> int:
    """Measure and print. The exit status is the verdict."""
    parser = argparse.ArgumentParser(description="Measure the search of actions beside ToolIndex.")
    parser.add_argument("--kept-apart", action="store_true", help="ask the questions that are kept apart")
    questions = read_questions(kept_apart=parser.parse_args().kept_apart)
    catalog = load_catalog()
    actions = list(catalog.connectors[CONNECTOR].actions.values())
    rows = {
        "Linkspan": ours(catalog.index, questions),
        f"Linkspan, {MANY} actions": ours(many(actions), questions),
        "stackone-ai ToolIndex": peers(actions, questions),
        # The same words that our index knows besides the descriptions.
        "ToolIndex, other words told": peers([with_words(action) for action in actions], questions),
    }
    print(f"{len(questions)} questions over {len(actions)} actions\n")
    print(f"{'':28}{'Hit@1':>8}{'Hit@5':>8}{'ms':>9}")
    for name, (answers, spent) in rows.items():
        shown = "" if "actions" in name else f"{hits(answers, questions, 1):8.1%}{hits(answers, questions, 5):8.1%}"
        print(f"{name:28}{shown:16}{spent:9.3f}")
    first, *others = (hits(rows[name][0], questions, 1) for name in rows if "actions" not in name)
    peer = max(others)
    kept = {
        f"Hit@1 {first:.1%}, at least {LEAST_HITS:.0%}": first >= LEAST_HITS,
        f"ahead by {first - peer:.1%}, at least {LEAST_AHEAD:.0%}": first - peer >= LEAST_AHEAD,
        f"at most {MOST_MS} ms a question": rows["Linkspan"][1] <= MOST_MS,
        f"at most {MOST_MS_OF_MANY} ms at {MANY} actions": rows[f"Linkspan, {MANY} actions"][1] <= MOST_MS_OF_MANY,
    }
    for words, ok in kept.items():
        print(f"{'kept  ' if ok else 'MISSED'}  {words}")
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
