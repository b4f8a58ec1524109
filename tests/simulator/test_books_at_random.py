"""Books that anything is done to in any order stay right: balanced, equal to their control accounts, never a 500."""

import pytest
from book_machine import BookMachine
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sizes import size


@pytest.mark.timeout(1800)
def test_random_sequences_leave_the_books_right():
    run_state_machine_as_test(
        BookMachine,
        settings=settings(
            max_examples=size("book_sequences"),
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Twelve steps are read as they are; making them fewer would take longer than everything else.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
