"""The protocol of sending once, driven effect by effect with every answer that can come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from jetplan.core.answers import AcceptedAnswer, Answer, InDoubtAnswer, NotSentAnswer, RejectedAnswer
from jetplan.core.attempts import Claimed, NewAttempt, State, Taken
from jetplan.core.protocol import (
    MOST_TRANSFERS,
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
    withheld_detail,
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


def record_of(answer: Answer, job_id: str = "j-1") -> tuple[End, Record]:
    """What is recorded of one answer, and how the attempt ends."""
    protocol = send_once(NewAttempt("a-0", job_id=job_id, paths=["/a"]), lambda: "a-1", Patience(1), claimed=True)
    effect = next(protocol)
    if isinstance(effect, Look):
        effect = protocol.send(Looked({"transfers": ["t"]}, word={"who": "mia"}))
    baseline, word = ({"transfers": ["t"]}, {"who": "mia"}) if job_id else (None, {})
    assert effect == Record("a-0", State.SENDING, word, job_id=job_id, baseline=baseline)
    assert isinstance(protocol.send(Recorded(True, State.SENDING)), Send)
    record = protocol.send(answer)
    assert isinstance(record, Record)
    try:
        protocol.send(Recorded(True, record.to))
    except StopIteration as finished:
        return finished.value, record
    raise AssertionError("one attempt was allowed")


def test_what_is_recorded_of_each_answer() -> None:
    """State, detail and ids, word for word: the ledger is what is asked later. A job's id is not a delivery's."""
    assert record_of(AcceptedAnswer("d-1", 201)) == (
        AcceptedEnd("a-0", "d-1"),
        Record("a-0", State.ACCEPTED, {"status": 201}, delivery_id="d-1"),
    )
    assert record_of(AcceptedAnswer("j-7", 201), job_id="") == (
        AcceptedEnd("a-0", "j-7"),
        Record("a-0", State.ACCEPTED, {"status": 201}, job_id="j-7"),
    )
    assert record_of(RejectedAnswer(400, "no")) == (
        RejectedEnd("a-0", 400, "no"),
        Record("a-0", State.REJECTED, {"status": 400, "message": "no"}),
    )
    assert record_of(NotSentAnswer("refused")) == (
        NotSentEnd("a-0", "refused"),
        Record("a-0", State.NOT_SENT, {"reason": "refused"}),
    )
    assert record_of(InDoubtAnswer("lost", 502)) == (
        InDoubtEnd("a-0", "lost"),
        Record("a-0", State.IN_DOUBT, {"reason": "lost", "status": 502}),
    )


def test_what_is_recorded_of_a_batch_that_is_withheld() -> None:
    """Every transfer, once and in order, as a person's word answers for all of them; and the first five paths."""
    unknown = [Unaccounted(f"/{at}", [f"t-{at}", "t-0"]) for at in range(7)]
    assert withheld_detail(unknown) == {
        "reason": "Jet shows files of it that this ledger does not know",
        "unknownTransfers": [f"t-{at}" for at in range(7)],
        "paths": ["/0", "/1", "/2", "/3", "/4"],
    }
    many = [Unaccounted("/a", [f"t-{at}" for at in range(MOST_TRANSFERS + 1)])]
    assert len(withheld_detail(many)["unknownTransfers"]) == MOST_TRANSFERS


def test_patience_doubles_up_to_its_bound() -> None:
    """A server's wish counts where it is longer, up to twice the longest delay."""
    patience = Patience()
    assert [patience.delay(number, None) for number in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert [patience.delay(1, asked) for asked in (0.0, 0.1, 0.7, 59.0, 60.0, 61.0)] == [0.5, 0.5, 0.7, 59, 60, 60]
    assert Patience().attempts == 8


def test_a_new_attempt_has_an_id_and_a_claim_of_its_own() -> None:
    """The first attempt may be claimed already; none that follows is. A 401 is renewed once, whatever follows it."""
    ids = iter(["a-1", "a-2", "a-3"])
    protocol = send_once(NewAttempt("a-0", paths=["/a"]), lambda: next(ids), Patience(4), claimed=True)
    effect: Effect = next(protocol)
    claims, waits = [], []
    answers: list[Answer] = [RejectedAnswer(401), NotSentAnswer("x"), RejectedAnswer(401)]
    try:
        while True:
            match effect:
                case Claim(attempt):
                    claims.append(attempt.attempt_id)
                    effect = protocol.send(Claimed(1))
                case Record(to=to):
                    effect = protocol.send(Recorded(True, to))
                case Send():
                    effect = protocol.send(answers.pop(0))
                case Wait(seconds):
                    waits.append(seconds)
                    effect = protocol.send(True)
                case _:
                    raise AssertionError(effect)
    except StopIteration as finished:
        end = finished.value
    assert end == RejectedEnd("a-2", 401, "")
    assert (claims, waits, answers) == (["a-1", "a-2"], [1.0], [])


def test_a_claim_that_is_lost_before_sending_sends_nothing() -> None:
    """Another run took the attempt over: it is that run's."""
    end, effects = play([AcceptedAnswer()], permit=[False], grant=[True], go_on=[True])
    assert end == HeldEnd(Taken(()), "the claim was lost before sending")
    assert not any(isinstance(effect, Send) for effect in effects)
