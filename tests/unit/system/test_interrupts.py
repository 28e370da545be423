from __future__ import annotations

import signal

import pytest

from mobilegen.system.process import postponed_interrupts


def test_an_interrupt_waits_for_the_end_of_the_block() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    done = False
    with pytest.raises(KeyboardInterrupt), postponed_interrupts():
        signal.raise_signal(signal.SIGINT)
        done = True
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
