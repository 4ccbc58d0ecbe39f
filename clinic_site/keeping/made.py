"""Which backups were made, where, and which of them are kept."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

NAMED = "clinic-%Y%m%d-%H%M%S.backup"  # in UTC
DAILY, WEEKLY = 7, 4


def name_at(moment: datetime) -> str:
    return moment.astimezone(timezone.get_fixed_timezone(0)).strftime(NAMED)


def remember(path: Path, moment: datetime):
    """Note a backup that was checked: the last one in each folder."""
    noted = _noted() | {str(path.parent.resolve()): {"file": path.name, "at": moment.isoformat()}}
    half_way = _notes().with_suffix(".new")
    half_way.write_text(json.dumps(noted, indent=1))
    half_way.replace(_notes())


def folders() -> list[Path]:
    """Where backups of this installation are: BACKUP_TO, and wherever else one was made."""
    noted = [Path(folder) for folder in _noted()]
    return list(dict.fromkeys([*([settings.BACKUP_TO.resolve()] if settings.BACKUP_TO else []), *noted]))


def last() -> datetime | None:
    """When the newest backup was made that is still there."""
    there = [note["at"] for folder, note in _noted().items() if (Path(folder) / note["file"]).exists()]
    in_folder = [moment.isoformat() for moment, _path in _dated(settings.BACKUP_TO)] if settings.BACKUP_TO else []
    return max(map(datetime.fromisoformat, [*there, *in_folder]), default=None)


def rotate(folder: Path):
    """Remove dated backups of a folder but the last of each of seven days and of each of four weeks."""
    kept, days, weeks = set(), set(), set()
    dated = sorted(_dated(folder), reverse=True)
    for moment, path in dated:
        for of_kind, key, most in ((days, moment.date(), DAILY), (weeks, moment.isocalendar()[:2], WEEKLY)):
            if key not in of_kind and len(of_kind) < most:
                of_kind.add(key)
                kept.add(path)
    for _moment, path in dated:
        if path not in kept:
            path.unlink(missing_ok=True)


def is_recent(now: datetime) -> bool:
    made_at = last()
    return made_at is not None and now - timedelta(hours=24) <= made_at


def _dated(folder: Path):
    for path in folder.glob("clinic-*.backup"):
        try:
            yield datetime.strptime(path.name, NAMED).replace(tzinfo=timezone.get_fixed_timezone(0)), path
        except ValueError:
            continue  # somebody else's


def _notes() -> Path:
    return settings.DATA_DIR / "backups_made"


def _noted() -> dict[str, dict]:
    try:
        return json.loads(_notes().read_text())
    except (FileNotFoundError, ValueError):
        return {}
