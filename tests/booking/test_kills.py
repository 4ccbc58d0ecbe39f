"""A process killed with -9 loses no acknowledged request and no mail. `make prove ARGS=kills` kills at each line."""

from itertools import count

import pytest

from tests.booking.kill_rounds import kill_while_keeping, kill_while_sending

pytestmark = [
    pytest.mark.usefixtures("committed"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),  # the child uses one thread only
]

STEP, STEP_OF_SENDING = 29, 37


def test_a_request_killed_at_some_steps_is_kept_whole_or_not_at_all_and_can_be_sent_again(tmp_path):
    ends, end = kill_while_keeping(count(0, STEP), tmp_path / "acknowledged")
    # It ended by itself somewhere in the last step; no line of these was a line of the first rounds.
    near_the_end, _end = kill_while_keeping(range(end - 2 * STEP + 1, end, 3), tmp_path / "acknowledged")
    assert ends["nothing"] > 5 and near_the_end["kept"]


def test_a_worker_killed_at_some_steps_of_sending_loses_no_mail_and_doubles_it_at_most_once(mail_server):
    mail_server.start()
    assert kill_while_sending(count(0, STEP_OF_SENDING), mail_server).total() > 5
