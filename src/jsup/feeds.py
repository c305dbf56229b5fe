"""The open deadlines as an iCalendar file that an office's calendar subscribes to."""

import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from jsup import outputs
from jsup.errors import N_, LedgerError, visible
from jsup.reads import Reads
from jsup.workdays import Calendar

ALARM_WORKING_DAYS = 2
"""An alarm rings so many working days before the last day, at nine in the morning."""

_PERIODS = {
    "warning": "预警期满",
    "recommendation": "建议书应签发",
    "rectification": "整改期满",
    "review": "应完成跟踪复查",
    "decision": "决定书整改期满",
    "check": "应完成抽查检查",
}


def write(ledger: Reads, out: Path, today: date) -> int:
    """Write the feed in place of the file that was there, and return the number of events.

    Raises:
        LedgerError: the file cannot be written.
    """
    rows = ledger.feed()
    data = _feed(rows, ledger.in_force, today)
    beside = out.parent / f".{out.name}.{os.getpid()}.new"
    try:
        outputs.make_beside(beside, data)
        beside.replace(out)
    except OSError as error:
        raise LedgerError(
            N_("{path} cannot be written ({error}): name another file with --out"), path=out, error=error.strerror
        ) from error
    finally:
        with suppress(OSError):  # a name too long to be made is too long to be removed
            beside.unlink(missing_ok=True)
    return len(rows)


def _feed(rows: list[dict[str, Any]], calendar: Calendar, today: date) -> bytes:
    import icalendar  # noqa: PLC0415 - only where a feed is written

    feed = icalendar.Calendar()
    feed.add("prodid", "-//jsup//deadlines//ZH")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", "涉企行政检查执法监督期限")
    for row in rows:
        due = date.fromisoformat(row["due_on"])
        event = icalendar.Event()
        event.add("uid", f"deadline-{row['id']}-{row['ledger'][:16]}@jsup")
        event.add("dtstamp", datetime(today.year, today.month, today.day, tzinfo=UTC))
        event.add("sequence", row["written"] - 1)
        event.add("dtstart", due)
        event.add("dtend", due + timedelta(days=1))
        mark = "（暂定）" if row["provisional"] else ""
        event.add("summary", visible(f"{row['number']} {_PERIODS[row['period']]}{mark}：{row['agency']}"))
        event.add("description", "\n".join(map(visible, (row["title"], row["clause"], f"起算日：{row['started_on']}"))))
        event.add("status", "TENTATIVE" if row["provisional"] else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", visible(f"{row['number']} {_PERIODS[row['period']]}{mark}"))
        alarm.add("trigger", timedelta(hours=9) - (due - calendar.before(due, ALARM_WORKING_DAYS)))
        event.add_component(alarm)
        feed.add_component(event)
    return bytes(feed.to_ical())
