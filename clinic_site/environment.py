"""The environment of a run: each variable is read once, and all that is missing or bad is named together."""

import os
import re
import secrets
import stat
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from cryptography.fernet import Fernet

from clinic_site.media.address import store_at

SHORTEST_KEY = 32
ONE_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")
HOST_NAME = re.compile(r"\.?[\w.-]+|\[[\da-fA-F:.]+\]", re.ASCII)  # a dot before it: all names below it


class Environment:
    """Reads variables and collects complaints; `stop_if_incomplete` ends the start with all of them in one message."""

    def __init__(self, variables, default_data_dir: Path, makes_keys=True):
        self.variables = variables
        self.makes_keys = makes_keys
        self.problems: list[str] = []
        self.demo = variables.get("DEMO", "") == "1"
        if (demo := variables.get("DEMO", "")) not in ("", "0", "1"):
            self.problems.append(f"DEMO is '{demo}', but must be 1, or left out on a deployment.")
        self.data_dir = Path(variables.get("DATA_DIR") or default_data_dir).resolve()
        self.has_data_dir = self._make_data_dir()

    def _make_data_dir(self):
        """Whether there is a folder of our own to write to; it is nobody else's to read."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.data_dir.stat().st_uid == os.getuid():
                self.data_dir.chmod(0o700)
                close_to_others(self.data_dir)
        except OSError as error:
            self.problems.append(
                f"DATA_DIR is {self.data_dir}, which is no folder of ours to write to: {error.strerror}."
            )
            return False
        if not os.access(self.data_dir, os.W_OK | os.X_OK):
            self.problems.append(
                f"DATA_DIR is {self.data_dir}, which cannot be written to: change its owner or its mode."
            )
            return False
        return True

    def text(self, name, default=""):
        return self.variables.get(name, "").strip() or default

    def needed(self, name, purpose, in_demo=""):
        """The variable's value; without DEMO it has to be there."""
        value = self.text(name)
        if not value and self.demo:
            return in_demo
        if not value:
            self.problems.append(f"{name} is missing: {purpose}.")
        return value

    def listed(self, name, text):
        """The words of a list with commas; a list of none is named as a mistake."""
        words = [word.strip() for word in text.split(",") if word.strip()]
        if text and not words:
            self.problems.append(f"{name} holds nothing: put the right text back.")
        return words

    def number(self, name, default, highest, lowest=0):
        value = self.text(name, str(default))
        if not value.isdecimal() or not lowest <= int(value) <= highest:
            span = f"from {lowest} to {highest}" if lowest else f"up to {highest}"
            self.problems.append(f"{name} is '{value}', but must be a whole number {span}.")
            return default
        return int(value)

    def checked(self, name, url, schemes):
        """The address if it can work, else nothing; only schemes that the project is tested on are let through."""
        try:
            parts = urlsplit(url)
            works = parts.scheme in schemes and bool(parts.hostname) != (parts.scheme == "sqlite") and parts.port != 0
        except ValueError:
            works = False
        if url and not works:
            known = " or ".join(f"{scheme}://…" for scheme in schemes)
            self.problems.append(f"{name} must be an address like {known}, with a host.")
        return url if works else ""

    def site_url(self, in_demo):
        """The site's own address, without a slash at its end."""
        url = self.needed("SITE_URL", "the site's own address, such as https://www.clinic.example", in_demo)
        url = self.checked("SITE_URL", url, ["https", "http"]).rstrip("/")
        if any([*urlsplit(url)[2:], urlsplit(url).username]):
            self.problems.append("SITE_URL must end with the host or its port: the site has the whole of it.")
        if url.startswith("http:") and not is_loopback(urlsplit(url).hostname):
            self.problems.append(
                "SITE_URL begins with http://, so what patients write could be read on its way: use https://."
            )
        return url

    def outside_address(self, name):
        """An address that this site asks of its own accord, or nothing; beyond this machine by https alone."""
        url = self.checked(name, self.text(name), ["https", "http"])
        if url.startswith("http:") and not is_loopback(urlsplit(url).hostname):
            self.problems.append(
                f"{name} begins with http://, so anybody on the way could read or change it: use https://."
            )
            return ""
        return url

    def owner_email(self, in_demo):
        email = self.needed("OWNER_EMAIL", "where the operator reads about trouble", in_demo)
        if email and not ONE_ADDRESS.fullmatch(email):
            self.problems.append("OWNER_EMAIL must be one email address, such as owner@clinic.example.")
        return email

    def one_of(self, name, choices):
        """One of these words; the first where the variable is left out."""
        word = self.text(name, choices[0])
        if word not in choices:
            self.problems.append(f"{name} is '{word}', but must be {' or '.join(choices)}.")
        return word

    def allowed_hosts(self, in_demo):
        """The names that the site answers to; one that stands for all of them is refused."""
        names = self.listed(
            "ALLOWED_HOSTS", self.needed("ALLOWED_HOSTS", "the host names that the site answers to", in_demo)
        )
        if "*" in names:
            self.problems.append("ALLOWED_HOSTS lets any name in: list the names of this site instead of *.")
        if odd := [name for name in names if name != "*" and not HOST_NAME.fullmatch(name)]:
            self.problems.append(f"ALLOWED_HOSTS holds '{odd[0]}', but must be names alone, as in www.clinic.example.")
        return names

    def redis(self):
        return self.checked("REDIS_URL", self.text("REDIS_URL"), ["redis", "rediss"])

    def database(self):
        """Django's DATABASES entry. SQLite is set up to lose nothing that it has acknowledged."""
        config = {"ENGINE": "clinic_site.database.sqlite3", "NAME": str(self.data_dir / "db.sqlite3")}
        if url := self.checked("DATABASE_URL", self.text("DATABASE_URL"), ["sqlite", "postgres", "postgresql"]):
            config = environ.Env.db_url_config(url)
            config["HOST"] = unquote(config.get("HOST", ""))  # %2Fvar%2Frun%2Fpostgresql: by a socket of this machine
            if config["NAME"] in ("", ":memory:"):
                self.problems.append("DATABASE_URL must end with a database that lasts, as in …/clinic.")
        if config["ENGINE"].endswith("sqlite3"):
            config["ENGINE"] = "clinic_site.database.sqlite3"
            config["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                # What is deleted or made shorter is overwritten in the file (a redacted request's words).
                "PRAGMA secure_delete=ON;",
            }
        else:  # nothing is asked here that is worth a compiler: it took 0.36 s for a query of 0.02 s
            config["OPTIONS"] = {"options": "-c jit=off"} | config.get("OPTIONS", {})
        # A connection is opened once a thread, not once a request, and looked at before it is used again.
        return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

    def media(self):
        """Django's entry in STORAGES for pictures: files in MEDIA_ROOT, or an S3-compatible store."""
        url = self.text("MEDIA_STORE")
        if not url:
            # Whoever may enter the folder of all may read: DATA_DIR lets nobody in, MEDIA_DIR the proxy.
            modes = {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755}
            return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": modes}
        try:
            return {"BACKEND": "clinic_site.media.shared.SharedMedia", "OPTIONS": store_at(url)}
        except ValueError as error:
            self.problems.append(f"MEDIA_STORE {error}.")
            return {}

    def mail(self):
        """Settings for outgoing mail: files in DATA_DIR for a demonstration, a real server otherwise."""
        if self.demo and not self.text("EMAIL_URL"):
            return {
                "EMAIL_BACKEND": "clinic_site.mail_files.EmlFileBackend",
                "EMAIL_FILE_PATH": str(self.data_dir / "mail"),
            }
        url = self.needed("EMAIL_URL", "the mail server, such as smtp+tls://user:password@host:587")
        url = self.checked("EMAIL_URL", url, ["smtp", "smtp+tls", "smtp+ssl"])
        if not url:
            return {}
        config = environ.Env.email_url_config(url)
        return {
            name: value
            for name, value in config.items()
            if name.startswith("EMAIL_") and name != "EMAIL_FILE_PATH" and value is not None
        } | {"EMAIL_TIMEOUT": 20}

    def keys(self, name, purpose, file_name, make, needed_by_data=True):
        """
        Secrets, newest first. A demonstration keeps its own in DATA_DIR and makes it once, on an empty folder; one that
        no data needs is made in older folders too.
        """
        if self.text(name) or not self.demo:
            return self.listed(name, self.needed(name, purpose))
        if not self.has_data_dir:
            return []  # which is said already
        kept = self.data_dir / file_name
        if not kept.exists():
            if needed_by_data and (self.data_dir / "db.sqlite3").exists():
                self.problems.append(f"{kept} is missing, and the data beside it needs it: put the file back.")
                return []
            if not self.makes_keys:
                self.problems.append(f"{kept} is missing: put the key of the installation that was backed up there.")
                return []
            write_secret(kept, make())
        return self.listed(str(kept), kept.read_text().strip() or ",")

    def secret_keys(self):
        """The key that signs, then the ones that only check what was signed before."""
        keys = self.strong_keys("SECRET_KEY", "a long random text that signs links", "secret_key", needed_by_data=True)
        older = self.listed("SECRET_KEY_FALLBACKS", self.text("SECRET_KEY_FALLBACKS"))
        return (keys or [""]) + self.strong("SECRET_KEY_FALLBACKS", older)

    def field_keys(self):
        """Fernet keys for the encrypted fields: the first encrypts, all decrypt."""
        keys = self.keys("FIELD_KEYS", "keys that encrypt what patients write", "field_keys", make_field_key)
        for number, key in enumerate(keys, start=1):
            try:
                Fernet(key)
            except ValueError:
                self.problems.append(
                    f"FIELD_KEYS: key {number} is not a Fernet key (44 letters); put the right one back."
                )
        return keys

    def backup_keys(self):
        """What backups are encrypted with: the first makes new ones, all read."""
        return self.strong_keys("BACKUP_KEY", "a long random text that encrypts backups", "backup_key")

    def audit_keys(self):
        """What the audit is chained with: the first writes, all check."""
        return self.strong_keys("AUDIT_KEY", "a long random text that the audit is chained with", "audit_key")

    def strong_keys(self, name, purpose, file_name, needed_by_data=False):
        return self.strong(name, self.keys(name, purpose, file_name, make_secret_key, needed_by_data))

    def strong(self, name, keys):
        """These keys; those that could be guessed are named, since what an old one signed is believed as well."""
        for number, key in enumerate(keys, start=1):
            if len(key) < SHORTEST_KEY:
                self.problems.append(f"{name}: key {number} is weak; it needs {SHORTEST_KEY} letters or more.")
        return keys

    def folder(self, name):
        """A folder by its whole path, or None where the variable is left out."""
        if not (text := self.text(name)):
            return None
        if not Path(text).is_absolute():
            self.problems.append(f"{name} is '{text}', but must be a whole path, such as /srv/backups.")
        return Path(text)

    def stop_if_incomplete(self):
        """Exit with one message that names everything missing or bad."""
        if self.problems:
            raise SystemExit(
                "The site cannot start. Mend this in the environment (docs/operations.md lists all settings):\n"
                + "\n".join(f"- {problem}" for problem in self.problems)
            )


def close_to_others(folder: Path):
    """Take from others whatever earlier versions let them do with our files in a folder."""
    for file in folder.iterdir():
        with suppress(FileNotFoundError):  # a journal that ends meanwhile
            status = file.lstat()
            if stat.S_ISREG(status.st_mode) and status.st_mode & 0o077 and status.st_uid == os.getuid():
                file.chmod(0o600)


def is_loopback(host):
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name
        return False


def redis_within(url, seconds):
    """The address of a Redis that is not waited for longer than so many seconds."""
    return f"{url}{'&' if '?' in url else '?'}socket_connect_timeout=1&socket_timeout={seconds}"


def make_secret_key():
    return secrets.token_urlsafe(50)


def make_field_key():
    return Fernet.generate_key().decode()


def write_secret(path: Path, text: str):
    """Write a file that only its owner can read, whole or not at all."""
    half_written = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    half_written.touch(mode=0o600)
    half_written.write_text(text + "\n")
    half_written.replace(path)
