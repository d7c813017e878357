"""The bad data that really occurs (shared contracts, last table), a little of each, planted on purpose and written down.

Each function takes the sound rows of one source, spoils a few and notes what it did. Mostly rows are added rather than damaged, so that the planted truth stays as simulated.
Treatment: quarantined, duplicate, filtered, repaired (read right, nothing lost), finding (loaded, and said), kept (loaded with its state; dbt decides).
"""

from typing import Any

import numpy as np

from pipelines.demo.planted import Ledger, Record


def spoil_bamboo(
    employees: list[Record], jobs: list[Record], statuses: list[Record], ledger: Ledger, safe: set[str]
) -> None:
    """`safe`: employee ids of people who never applied anywhere; only their records may be changed."""
    place = "hris_hq/employees.json"
    quiet = [e for e in employees if e["employeeId"] in safe]
    for e in quiet[3:8]:
        e["workEmail"] = f" {e['workEmail'].title()} "
    ledger.note("trailing blanks and capital letters", place, "persons", "repaired", 5, "workEmail")
    employees.append(
        {
            **quiet[0],
            "employeeId": "",
            "employeeNumber": "099001",
            "workEmail": "nobody.one@arbor.example",
            "displayName": "Nobody One",
        }
    )
    ledger.note("missing key", place, "persons", "quarantined", 1, "employeeId is empty")
    employees.append(
        {
            **quiet[0],
            "employeeId": "9002",
            "employeeNumber": "099002",
            "workEmail": "nobody.two@arbor.example",
            "displayName": "Nobody Two",
            "hireDate": "2023-02-30",
        }
    )
    ledger.note("impossible date", place, "persons", "quarantined", 1, "hireDate 2023-02-30")
    employees.append(
        {
            **quiet[1],
            "employeeId": "1.18612E+11",
            "employeeNumber": "099003",
            "workEmail": "nobody.three@arbor.example",
            "displayName": "Nobody Three",
        }
    )
    ledger.note("id in exponent form", place, "persons", "quarantined", 1, "employeeId 1.18612E+11")
    for e in employees:
        e["tShirtSize"] = "M"
    ledger.note("unknown extra column", place, "persons", "finding", 1, "tShirtSize")
    gone = next(e for e in quiet if e["status"] == "Inactive" and e["terminationDate"] < "2024-01-01")
    new = next(e for e in reversed(quiet) if e["status"] == "Active" and e["hireDate"] > "2025-01-01")
    new["workEmail"] = gone["workEmail"].strip().lower()
    ledger.note(
        "e-mail re-assigned", place, "person_identifiers", "kept", 1, f"{gone['employeeId']} then {new['employeeId']}"
    )

    place = "hris_hq/tables_jobInfo.json"
    own = [j for j in jobs if j["employeeId"] in safe]
    next_id = 40001 + len(jobs)
    for j in own[:3]:
        j["customJobLevel"] = "L3-contract"
    ledger.note("unmapped level", place, "job_history", "finding", 3, "L3-contract")
    jobs.append({**own[5], "id": str(next_id), "date": "2024-02-30"})
    ledger.note("impossible date", place, "job_history", "quarantined", 1, "date 2024-02-30")
    for k, j in enumerate(own[10:12]):
        jobs.append({**j, "id": str(next_id + 1 + k), "jobTitle": f"{j['jobTitle']} (corrected)"})
    ledger.note("back-dated correction", place, "job_history", "kept", 2, "second row of one day, later id counts")
    here = next(
        j for j in own[20:] if any(e["employeeId"] == j["employeeId"] and e["status"] == "Active" for e in quiet)
    )
    jobs.append({**here, "id": str(next_id + 3), "date": "2026-12-01", "jobTitle": "Future title"})
    ledger.note("future-dated row", place, "job_history", "kept", 1, "date 2026-12-01")

    place = "hris_hq/tables_employmentStatus.json"
    statuses.append({**statuses[0], "id": str(80001 + len(statuses)), "employeeId": None})
    ledger.note("missing key", place, "employment_spells", "quarantined", 1, "employeeId is null")


def spoil_products(stamm: list[str], positions: list[str], ledger: Ledger, safe: set[str]) -> None:
    """Spoil the products unit's two exports; `safe`: personnel numbers of people who never applied anywhere."""
    place = "hris_products/personalstamm.csv"
    rows = [k for k, line in enumerate(stamm) if line.split(";")[0] in safe]
    for k in rows[4:7]:
        cells = stamm[k].split(";")
        cells[3] = f"{cells[3].upper()}  "
        stamm[k] = ";".join(cells)
    ledger.note("trailing blanks and capital letters", place, "persons", "repaired", 3, "E-Mail")
    for k in rows[8:10]:
        cells = stamm[k].split(";")
        cells[1] = "MÃ¼ller"
        stamm[k] = ";".join(cells)
    ledger.note("mojibake", place, "persons", "repaired", 2, "Nachname MÃ¼ller")
    stamm.append("00079001;Kurz;Zeile;kurz.zeile@arbor-products.example")
    ledger.note("short row", place, "persons", "quarantined", 1, "4 of 12 cells")
    stamm.append(";Ohne;Nummer;ohne.nummer@arbor-products.example;01.02.2023;31.12.9999;;A;100,00;Leipzig;de;ja")
    ledger.note("missing key", place, "persons", "quarantined", 1, "Personalnummer is empty")
    ledger.note(
        "missing key", place, "person_identifiers", "quarantined", 3, "the same row, once for each of its identifiers"
    )
    ledger.note("missing key", place, "employment_spells", "quarantined", 1, "the same row")
    open_ended = sum("31.12.9999" in line for line in stamm)
    ledger.note("31.12.9999 for an open end", place, "persons", "repaired", open_ended, "Austritt")
    stamm[:0] = ["Auswertung Personalstamm Arbor Products GmbH", "Stand: 31.10.2026", ""]
    ledger.note("preamble before the header", place, "persons", "repaired", 1, "three lines")
    ledger.note("umlauts in cp1252", place, "persons", "repaired", 1, "encoding")

    place = "hris_products/positionen.csv"
    overlaps = 0
    for k in range(1, len(positions) - 1):
        cells, following = positions[k].split(";"), positions[k + 1].split(";")
        if overlaps < 2 and cells[0] in safe and cells[0] == following[0] and not cells[3].endswith("9999"):
            cells[3] = following[2][:3] + following[2][3:]
            day, month, year = following[2].split(".")
            cells[3] = f"{min(int(day) + 20, 28):02d}.{month}.{year}"
            positions[k] = ";".join(cells)
            overlaps += 1
    ledger.note(
        "overlapping job spans", place, "job_history", "finding", overlaps, "the earlier is cut at the later's start"
    )
    own = [line for line in positions if line.split(";")[0] in safe]
    spoilt = own[0].split(";")
    spoilt[2] = "30.02.2024"
    positions.append(";".join(spoilt))
    ledger.note("impossible date", place, "job_history", "quarantined", 1, "von 30.02.2024")
    changed = 0
    for k, line in enumerate(positions):
        cells = line.split(";")
        if changed < 2 and cells[0] in safe and cells[5] == "E4":
            cells[5] = "AT"
            positions[k] = ";".join(cells)
            changed += 1
    ledger.note("unmapped level", place, "job_history", "finding", changed, "Stufe AT")


def spoil_extras(demographics: list[str], ramp_up: list[str], ledger: Ledger) -> None:
    """Spoil demographics and ramp-up readings."""
    place = "people_extras/demographics.csv"
    number = demographics[1].split(",")[0]
    demographics.append(f"{number},disability,no,2024-01-01,inferred")
    demographics.append(f"{number},birth_band,1980-1989,2024-01-01,inferred")
    ledger.note("inferred demographics are refused", place, "person_demographics", "quarantined", 2, "basis inferred")
    ledger.note("byte order mark", place, "person_demographics", "repaired", 1, "UTF-8 with BOM")
    place = "people_extras/ramp_up_readings.csv"
    cells = ramp_up[1].split(",")
    ramp_up.append(",".join([*cells[:2], "2026-10-02", "n/a", cells[4]]))
    ramp_up.append(",".join([*cells[:2], "2026-10-09", "-0.4", cells[4]]))
    ledger.note("wrong type", place, "productivity_readings", "quarantined", 1, "value n/a")
    ledger.note("below the least value", place, "productivity_readings", "quarantined", 1, "value -0.4")
    ledger.note("CR-only line ends", place, "productivity_readings", "repaired", 1, "whole file")


def spoil_platform(tables: dict[str, list[str]], ledger: Ledger, rng: np.random.Generator) -> None:
    """`tables`: file name to lines."""
    log = tables["session_log.csv"]
    place, header = "platform/session_log.csv", log[0].split(",")
    mentee = header.index("mentee_email")
    held = [k for k, line in enumerate(log) if k and ",held," in line]
    picked = [held[i] for i in rng.permutation(len(held))[:16]]
    for k in picked[:5]:
        cells = log[k].split(",")
        cells[mentee] = cells[mentee].title()
        log[k] = ",".join(cells)
    ledger.note("e-mail in capital letters", place, "session_participants", "repaired", 5, "mentee_email")
    for k in picked[5:8]:
        cells = log[k].split(",")
        cells[0], cells[1], cells[mentee], cells[header.index("meeting_uid")] = (
            f"S-U{k:05d}",
            "",
            "guest.unknown@elsewhere.example",
            "",
        )
        log.append(",".join(cells))
    ledger.note(
        "unknown person", place, "session_participants", "kept", 3, "guest.unknown@elsewhere.example is in no register"
    )
    log += [log[k] for k in picked[8:12]]
    ledger.note("exact repeat", place, "sessions", "duplicate", 4, "the same line twice")
    ledger.note("exact repeat", place, "session_participants", "duplicate", 8, "the same line twice, two people each")
    for k in picked[12:14]:
        log.append(",".join(["1.18612E+11", *log[k].split(",")[1:]]))
    ledger.note("id in exponent form", place, "sessions", "quarantined", 2, "log_id 1.18612E+11")
    ledger.note(
        "id in exponent form", place, "session_participants", "quarantined", 4, "the same lines, two people each"
    )
    log.append(",".join(["S-900001", *log[picked[14]].split(",")[1:6]]))
    ledger.note("short row", place, "sessions", "quarantined", 1, "6 cells")
    cells = log[picked[15]].split(",")
    cells[0], cells[header.index("planned_start")] = "S-900002", "2025-02-30T10:00:00Z"
    log.append(",".join(cells))
    ledger.note("impossible date", place, "sessions", "quarantined", 1, "planned_start 2025-02-30")
    unsure = sum(",unconfirmed," in line for line in log)
    ledger.note("past session without evidence", place, "sessions", "kept", unsure, "status unknown, never held")
    self_reported = sum(",held," in line and (",mentor," in line or ",mentee," in line) for line in log)
    ledger.note("self-report of one side", place, "sessions", "kept", self_reported, "status_basis self_report")

    asked = tables["applications.csv"]
    place = "platform/applications.csv"
    position = asked[0].split(",").index("decision")
    for k in (11, 12, 13):
        cells = asked[k].split(",")
        cells[position] = f"{cells[position].title()} "
        asked[k] = ",".join(cells)
    ledger.note("trailing blanks and mixed case", place, "applications", "repaired", 3, "decision")
    asked += [asked[20], asked[21]]
    ledger.note("exact repeat", place, "applications", "duplicate", 2, "the same line twice")
    cells = asked[30].split(",")
    asked.append(",".join(["", *cells[1:]]))
    ledger.note("missing key", place, "applications", "quarantined", 1, "application_id is empty")
    asked[:0] = ["sep=,"]
    ledger.note("sep= line", place, "applications", "repaired", 1, "first line")


def spoil_surveys(lines: dict[str, list[str]], ledger: Ledger, rng: np.random.Generator) -> None:
    """Preview, test and spam submissions, and second submissions of the same person, in the larger files."""
    for name in ("IL-2024-confidence-pre.csv", "IL-2024-confidence-post.csv", "NH-mentee-post.csv"):
        file, place = lines[name], f"surveys/{name}"
        rows = list(range(3, len(file)))
        picked = rng.permutation(rows)[:6]
        for status, word, k in (("1", "preview", picked[0]), ("2", "test", picked[1]), ("8", "spam", picked[2])):
            cells = file[k].split(",")
            cells[2], cells[7] = status, f"R_{word}{k:08d}"
            if word != "spam":
                cells[8] = ""
            file.append(",".join(cells))
            ledger.note(f"{word} response", place, "survey_responses", "kept", 1, f"Status {status}")
        again = 0
        for k in picked[3:]:
            cells = file[k].split(",")
            if cells[5] == "1":
                cells[7] = f"R_again{k:08d}"
                cells[6] = cells[0] = cells[1] = str(
                    np.datetime64(cells[6].replace(" ", "T")) + np.timedelta64(3600, "s")
                ).replace("T", " ")
                cells[0] = cells[6]
                cells[1] = cells[6]
                file.append(",".join(cells))
                again += 1
        ledger.note("duplicate response", place, "survey_responses", "kept", again, "the last complete one counts")
    partial = {name: sum(line.split(",")[5] == "0" for line in file[3:]) for name, file in lines.items()}
    for name, count in sorted(partial.items()):
        if count:
            ledger.note("partial response", f"surveys/{name}", "survey_responses", "kept", count, "Finished 0")


def spoil_students(users: list[str], alumni: list[list[Any]], ledger: Ledger) -> None:
    """Spoil the student register and the alumni list."""
    place = "students/users.csv"
    cells = users[1].split(",")
    users.append(",".join(["", *cells[1:12], "nobody@students.uni-ostfeld.example", *cells[13:]]))
    ledger.note("missing key", place, "persons", "quarantined", 1, "sourcedId is empty")
    ledger.note("password column", place, "persons", "filtered", len(users) - 1, "never leaves the reader")
    alumni.append(list(alumni[10]))
    place = "alumni/alumni.xlsx"
    ledger.note("exact repeat", place, "persons", "duplicate", 1, "the same row twice")
    ledger.note("title above the header", place, "persons", "repaired", 1, "three rows")


def spoil_calendars(files: dict[str, bytes], counts: dict[str, int], ledger: Ledger) -> None:
    """What the calendars hold by construction, and one event without a start."""
    name = sorted(files)[0]
    broken = b"BEGIN:VEVENT\r\nUID:broken-1@calendar.arbor.example\r\nDTSTAMP:20261031T200000Z\r\nSUMMARY:Mentoring 1:1\r\nCATEGORIES:MENTORING\r\nEND:VEVENT\r\n"
    files[name] = files[name].replace(b"END:VCALENDAR", broken + b"END:VCALENDAR")
    ledger.note("event without a start", name, "sessions", "quarantined", 1, "no DTSTART")
    for case, key, treatment in (
        ("two copies of one series", "series", "kept"),
        ("cancelled occurrence", "cancelled", "kept"),
        ("excluded date", "excluded", "filtered"),
        ("moved occurrence", "moved", "kept"),
        ("calendar entry without evidence", "without_evidence", "kept"),
        ("private event", "private_events", "filtered"),
    ):
        ledger.note(
            case,
            "calendars/*.ics",
            "sessions",
            treatment,
            counts.get(key, 0),
            "once a series; both people's calendars hold a copy",
        )
