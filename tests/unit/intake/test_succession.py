import os

from dealradar.intake.succession import Succession


def test_whoever_is_told_to_stop_without_being_replaced_stops() -> None:
    assert not Succession().needs(1, workers=2)


def test_the_former_serve_until_as_many_new_ones_can() -> None:
    succession = Succession()
    succession.be_ready(1)
    succession.be_ready(2)

    succession.begin(last_age=2)
    needed = [succession.needs(1, workers=2)]
    for age in (3, 4):
        succession.be_ready(age)
        needed.append(succession.needs(1, workers=2))

    assert needed == [True, True, False]


def test_while_all_are_to_stop_nobody_waits_for_the_new_ones() -> None:
    succession = Succession()
    succession.begin(last_age=2)

    is_newest_needed = succession.needs(3, workers=2)

    assert not is_newest_needed
    assert not succession.needs(1, workers=2)


def test_after_they_were_to_stop_the_next_reload_waits_again() -> None:
    succession = Succession()
    succession.needs(1, workers=1)

    succession.begin(last_age=1)

    assert succession.needs(1, workers=1)


def test_who_is_replaced_while_replacing_serves_on_as_well() -> None:
    succession = Succession()
    succession.begin(last_age=2)
    succession.be_ready(3)
    succession.begin(last_age=4)

    assert [succession.needs(age, workers=1) for age in (1, 3)] == [True, True]


def test_what_one_process_notes_the_others_know() -> None:
    succession = Succession()
    succession.begin(last_age=1)
    child = os.fork()
    if child == 0:
        succession.be_ready(2)
        os._exit(0)

    os.waitpid(child, 0)

    assert not succession.needs(1, workers=1)
