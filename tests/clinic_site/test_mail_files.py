from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMessage, get_connection


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def send(*messages):
    return get_connection("clinic_site.mail_files.EmlFileBackend").send_messages(messages)


def make_mail(body="Your request is here.", message_id="<abc.123@clinic.example>", **fields):
    headers = {"Message-ID": message_id} if message_id else {}
    return EmailMessage(
        "Your request", body, "desk@clinic.example", ["amira@patient.example"], headers=headers, **fields
    )


def read(file):
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def words_in(file):
    return read(file).get_content().strip()


def test_a_message_becomes_a_file_that_a_mail_program_reads(folder):
    assert send(make_mail("Your request is here. نعم")) == 1
    [file] = folder.iterdir()
    message = read(file)
    assert file.name == "abc.123.eml"
    assert (message["Subject"], message["To"]) == ("Your request", "amira@patient.example")
    assert words_in(file) == "Your request is here. نعم"


def test_lines_end_as_mail_requires(folder):
    send(make_mail("One.\nTwo."))
    [file] = folder.iterdir()
    text = file.read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n") > 5


def test_the_same_message_again_replaces_itself(folder):
    send(make_mail("First."))
    send(make_mail("Second."))
    [file] = folder.iterdir()
    assert words_in(file) == "Second."


def test_messages_without_a_name_of_their_own_do_not_overwrite_each_other(folder):
    assert send(make_mail("One.", message_id=None), make_mail("Two.", message_id=None)) == 2
    assert sorted(map(words_in, folder.iterdir())) == ["One.", "Two."]


def test_sending_nothing_makes_no_file(folder):
    assert (send(), list(folder.iterdir())) == (0, [])
