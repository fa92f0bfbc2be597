"""The protocol of sending once, driven effect by effect with every answer that can come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from jetplan.core.answers import AcceptedAnswer, Answer, InDoubtAnswer, NotSentAnswer, RejectedAnswer
from jetplan.core.attempts import Claimed, NewAttempt, State, Taken
from jetplan.core.protocol import (
    AcceptedEnd,
    Claim,
    Effect,
    End,
    HeldEnd,
    InDoubtEnd,
    Look,
    Looked,
    NotSentEnd,
    Patience,
    Record,
    Recorded,
    RejectedEnd,
    Send,
    Wait,
    WithheldEnd,
    send_once,
)
from jetplan.core.unaccounted import Unaccounted

if TYPE_CHECKING:
    from collections.abc import Sequence

UNKNOWN = Unaccounted("/a", ["t-2", "t-1"])
ANSWERS = st.one_of(
    st.just(AcceptedAnswer("d-1")),
    st.sampled_from(
        [RejectedAnswer(400, "no"), RejectedAnswer(401), RejectedAnswer(429, retry_after=1.0), RejectedAnswer(404)]
    ),
    st.just(NotSentAnswer("refused")),
    st.just(InDoubtAnswer("lost")),
)


def play(
    answers: list[Answer],
    *,
    permit: list[bool],
    grant: list[bool],
    go_on: list[bool],
    patience: int = 4,
    repeated: bool = False,
    unknown: Sequence[bool] = (False,),
) -> tuple[End, list[Effect]]:
    """Run the protocol against scripted replies (the last of each is repeated) and note every effect."""
    unknown = list(unknown)
    ids = iter(f"a-{number}" for number in range(100))
    protocol = send_once(NewAttempt(next(ids), job_id="j-1", paths=["/a"]), lambda: next(ids), Patience(patience))
    scripts: dict[str, list[Any]] = {
        "Claim": [Claimed(1) if each else Taken(()) for each in grant],
        "Send": list(answers),
        "SENDING": list(permit),
        "Wait": list(go_on),
    }

    def reply(effect: Effect) -> Any:
        match effect:
            case Look() if unknown.pop(0) if len(unknown) > 1 else unknown[0]:
                return Looked({"transfers": ["t"]}, [UNKNOWN])
            case Look():
                return Looked({"transfers": []})
            case Record(to=State.SENDING):
                name = "SENDING"
            case Record(to=State.ACCEPTED) if repeated:
                return Recorded(False, State.IN_DOUBT)
            case Record(to=to):
                return Recorded(True, to)
            case _:
                name = type(effect).__name__
        script = scripts[name]
        return script.pop(0) if len(script) > 1 else script[0]

    effects: list[Effect] = []
    answer: Any = None
    while True:
        try:
            effect = protocol.send(answer)
        except StopIteration as finished:
            return finished.value, effects
        effects.append(effect)
        answer = reply(effect)


@given(
    answers=st.lists(ANSWERS, min_size=1, max_size=5),
    permit=st.lists(st.booleans(), min_size=1, max_size=4),
    grant=st.lists(st.booleans(), min_size=1, max_size=4),
    go_on=st.lists(st.booleans(), min_size=1, max_size=4),
    unknown=st.lists(st.booleans(), min_size=1, max_size=4),
)
def test_nothing_is_sent_without_a_confirmed_sending_of_its_own(
    answers: list[Answer], permit: list[bool], grant: list[bool], go_on: list[bool], unknown: list[bool]
) -> None:
    """Each request follows a claim and a committed SENDING of the same attempt, and is followed by its end."""
    end, effects = play(answers, permit=permit, grant=grant, go_on=go_on, unknown=unknown)
    sends = [at for at, effect in enumerate(effects) if isinstance(effect, Send)]
    idents = [effects[at].attempt.attempt_id for at in sends]  # type: ignore[union-attr]  # they are sends
    assert len(set(idents)) == len(idents)
    for at, ident in zip(sends, idents, strict=True):
        assert effects[at - 1] == Record(ident, State.SENDING, job_id="j-1", baseline={"transfers": []})
        assert any(isinstance(each, Claim) and each.attempt.attempt_id == ident for each in effects[:at])
        after = effects[at + 1]
        assert isinstance(after, Record)
        assert after.attempt_id == ident
    assert isinstance(end, AcceptedEnd | RejectedEnd | NotSentEnd | InDoubtEnd | WithheldEnd | HeldEnd)


def test_what_jet_shows_and_nobody_recorded_is_not_sent() -> None:
    """The attempt is released before anything left, with the transfers that it met; no new one is made."""
    end, effects = play([AcceptedAnswer()], permit=[True], grant=[True], go_on=[True], unknown=[True])
    assert end == WithheldEnd("a-0", [UNKNOWN])
    marks = [(effect.to, effect.detail["unknownTransfers"]) for effect in effects if isinstance(effect, Record)]
    assert marks == [(State.NOT_SENT, ["t-1", "t-2"])]
    assert not any(isinstance(effect, Send) for effect in effects)


@given(answers=st.lists(ANSWERS, min_size=1, max_size=6))
def test_after_a_lost_answer_or_an_acceptance_nothing_more_is_sent(answers: list[Answer]) -> None:
    """Only what provably did not happen is attempted anew, and never more often than patience allows."""
    _, effects = play(answers, permit=[True], grant=[True], go_on=[True])
    marks = [effect.to for effect in effects if isinstance(effect, Record) and effect.to is not State.SENDING]
    assert len(marks) <= 4
    for state in marks[:-1]:
        assert state in {State.REJECTED, State.NOT_SENT}


def test_one_new_attempt_after_a_401_and_no_second() -> None:
    """The token may have ended; refused twice, the credentials are wrong."""
    end, effects = play([RejectedAnswer(401)], permit=[True], grant=[True], go_on=[True])
    assert isinstance(end, RejectedEnd)
    assert sum(isinstance(effect, Send) for effect in effects) == 2
    assert not any(isinstance(effect, Wait) for effect in effects)


def test_a_429_waits_at_least_as_long_as_the_server_asks() -> None:
    """`Retry-After` counts, within bounds."""
    _, effects = play(
        [RejectedAnswer(429, retry_after=7.0), AcceptedAnswer()], permit=[True], grant=[True], go_on=[True]
    )
    assert [effect.seconds for effect in effects if isinstance(effect, Wait)] == [7.0]
    patience = Patience(longest_delay=30.0)
    assert patience.delay(1, 1e9) == 60.0


def test_a_stopped_wait_ends_without_a_new_attempt() -> None:
    """A run that is told to stop begins nothing."""
    end, effects = play([NotSentAnswer("refused")], permit=[True], grant=[True], go_on=[False])
    assert isinstance(end, NotSentEnd)
    assert sum(isinstance(effect, Send) for effect in effects) == 1


def test_a_claim_held_by_another_sends_nothing() -> None:
    """Two runners never both hold an object."""
    end, effects = play([AcceptedAnswer()], permit=[True], grant=[False], go_on=[True])
    assert end == HeldEnd(Taken(()), "another attempt holds the claim")
    assert effects == [Claim(NewAttempt("a-0", job_id="j-1", paths=["/a"]))]


def test_a_yes_under_another_attempts_delivery_id_is_doubtful() -> None:
    """The ledger records the doubt in place of the yes: nothing is called accepted, and nothing is sent again."""
    end, effects = play([AcceptedAnswer("d-1")], permit=[True], grant=[True], go_on=[True], repeated=True)
    assert isinstance(end, InDoubtEnd)
    assert sum(isinstance(effect, Send) for effect in effects) == 1
