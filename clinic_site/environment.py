"""The environment of a run: each variable is read once, and all that is missing or bad is named together."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet


class Environment:
    """Reads variables and collects complaints; `stop_if_incomplete` ends the start with all of them in one message."""

    def __init__(self, variables, default_data_dir: Path):
        self.variables = variables
        self.problems: list[str] = []
        self.demo = variables.get("DEMO", "") == "1"
        self.data_dir = Path(variables.get("DATA_DIR") or default_data_dir).resolve()

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

    def words(self, name):
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def number(self, name, default):
        value = self.text(name, str(default))
        if not value.isdecimal():
            self.problems.append(f"{name} is '{value}', but must be a whole number.")
            return default
        return int(value)

    def address(self, name, default, schemes):
        """An address such as postgres://…; only the schemes that the project is tested on are let through."""
        value = self.text(name, default)
        scheme = value.partition("://")[0]
        if scheme not in schemes:
            known = " or ".join(f"{known}://…" for known in schemes)
            self.problems.append(f"{name} must be {known}.")
            return default
        return value

    def database(self):
        """Django's DATABASES entry. SQLite is set up to lose nothing that it has acknowledged."""
        default = f"sqlite:///{self.data_dir / 'db.sqlite3'}"
        url = self.address("DATABASE_URL", default, ["sqlite", "postgres", "postgresql"])
        config = environ.Env.db_url_config(url)
        if url.startswith("sqlite"):
            config["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            }
        else:
            config["CONN_MAX_AGE"] = 60
            config["CONN_HEALTH_CHECKS"] = True
        return config

    def mail(self):
        """Settings for outgoing mail: files in DATA_DIR for a demonstration, a real server otherwise."""
        if self.demo and not self.text("EMAIL_URL"):
            return {
                "EMAIL_BACKEND": "clinic_site.mail_files.EmlFileBackend",
                "EMAIL_FILE_PATH": str(self.data_dir / "mail"),
            }
        url = self.needed("EMAIL_URL", "the mail server, such as smtp+tls://user:password@host:587")
        if not url:
            return {}
        if urlsplit(url).scheme not in ("smtp", "smtp+tls", "smtp+ssl"):
            self.problems.append("EMAIL_URL must be smtp://…, smtp+tls://… or smtp+ssl://….")
            return {}
        config = environ.Env.email_url_config(url)
        return {
            name: value
            for name, value in config.items()
            if name.startswith("EMAIL_") and name != "EMAIL_FILE_PATH" and value is not None
        } | {"EMAIL_TIMEOUT": 20}

    def keys(self, name, purpose, file_name, make):
        """Secrets, newest first. A demonstration keeps its own in DATA_DIR and makes it once, on an empty folder."""
        if self.text(name) or not self.demo:
            return [key for key in self.needed(name, purpose).split(",") if key]
        kept = self.data_dir / file_name
        if not kept.exists():
            if (self.data_dir / "db.sqlite3").exists():
                self.problems.append(f"{kept} is missing, and the data beside it needs it: put the file back.")
                return []
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_secret(kept, make())
        return kept.read_text().split()

    def secret_keys(self):
        """The key that signs, then the ones that only check what was signed before."""
        keys = self.keys("SECRET_KEY", "a long random text that signs links", "secret_key", make_secret_key)
        return (keys or [""]) + self.words("SECRET_KEY_FALLBACKS")

    def field_keys(self):
        """Fernet keys for the encrypted fields: the first encrypts, all decrypt."""
        keys = self.keys("FIELD_KEYS", "keys that encrypt what patients write", "field_keys", make_field_key)
        if not keys and not self.problems:
            self.problems.append("FIELD_KEYS holds no key; put the right one back.")
        for number, key in enumerate(keys, start=1):
            try:
                Fernet(key)
            except ValueError:
                self.problems.append(
                    f"FIELD_KEYS: key {number} is not a Fernet key (44 letters); put the right one back."
                )
        return keys

    def stop_if_incomplete(self):
        """Exit with one message that names everything missing or bad."""
        if self.problems:
            raise SystemExit(
                "The site cannot start. Mend this in the environment (docs/operations.md lists all settings):\n"
                + "\n".join(f"- {problem}" for problem in self.problems)
            )


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
