"""The day of a receipt as somebody else's word: asked of a real authority, checked by this product and by OpenSSL alone."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.time_stamps import NoTimeStamp, beside, stamp, stamped_at
from tests.time_stamp_authority import OPENSSL, authority, make_authority

DEMO = Path(__file__).parents[3] / "data/examples/demo_company/workspace.yaml"
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs openssl")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority")
    make_authority(folder)
    return folder


@pytest.fixture
def address(keys: Path) -> Iterator[str]:
    with authority(keys) as found:
        yield found


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    made = tmp_path / "receipt.json"
    made.write_text('{"plan": "before the results"}', encoding="utf-8")
    return made


def test_an_authority_says_when_a_receipt_existed_and_anybody_can_check_it(
    receipt: Path, address: str, keys: Path
) -> None:
    at = stamp(receipt, address)
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=1)
    assert stamped_at(receipt) == stamped_at(receipt, keys / "root.pem") == at
    alone = [str(OPENSSL), "ts", "-verify", "-data", str(receipt), "-in", str(beside(receipt)), "-CAfile", str(keys / "root.pem")]  # fmt: skip
    assert b"Verification: OK" in subprocess.run(alone, capture_output=True, check=True).stdout


def test_a_receipt_that_was_changed_later_has_no_time_stamp(receipt: Path, address: str, keys: Path) -> None:
    stamp(receipt, address)
    receipt.write_text(receipt.read_text(encoding="utf-8").replace("before", "after"), encoding="utf-8")
    for authorities in (None, keys / "root.pem"):
        with pytest.raises(NoTimeStamp, match="of another file"):
            stamped_at(receipt, authorities)


def test_what_another_authority_signed_is_not_taken_for_this_ones(receipt: Path, address: str, tmp_path: Path) -> None:
    stamp(receipt, address)
    with pytest.raises(NoTimeStamp, match="doesn't hold"):
        stamped_at(receipt, make_authority(tmp_path / "another"))


def test_every_way_in_which_there_is_no_time_stamp_is_told(receipt: Path, tmp_path: Path) -> None:
    with pytest.raises(NoTimeStamp, match="No time stamp lies beside"):
        stamped_at(receipt)
    for address in ("http://127.0.0.1:9/tsr", "no address", "ftp://x.example"):
        with pytest.raises(NoTimeStamp, match="can't be asked"):
            stamp(receipt, address)
    beside(receipt).write_bytes(b"a web page")
    with pytest.raises(NoTimeStamp, match="can't be read"):
        stamped_at(receipt)
    stamped_by = tmp_path / "nothing.pem"
    stamped_by.write_text("no certificate", encoding="utf-8")
    assert not list(tmp_path.glob("*.draft"))


def test_a_draw_is_stamped_where_an_authority_is_set_and_verified_with_its_certificates(
    tmp_path: Path, address: str, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMPACT_TIME_STAMPS", address)
    Path("asked.csv").write_text("person_id\n" + "".join(f"p{i}\n" for i in range(40)), encoding="utf-8")
    told = CliRunner().invoke(app, ["draw", "asked.csv", "--seats", "20", "--seed", "17 4 31"])
    assert told.exit_code == 0, told.output
    assert "Time stamp: " in told.output
    receipt = "asked_drawn.csv.receipt.json"
    checked = CliRunner().invoke(app, ["draw", "asked.csv", "--verify", receipt, "--authority", str(keys / "root.pem")])
    assert checked.exit_code == 0
    assert "the authority's signature holds" in checked.output
    beside(Path(receipt)).unlink()
    without = CliRunner().invoke(app, ["draw", "asked.csv", "--verify", receipt, "--authority", str(keys / "root.pem")])
    assert without.exit_code == 1
    assert "No time stamp lies beside" in without.output


def test_a_draw_stands_where_the_authority_cannot_be_asked_and_says_how_to_ask_again(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMPACT_TIME_STAMPS", "http://127.0.0.1:9/tsr")
    Path("asked.csv").write_text("person_id\n" + "".join(f"p{i}\n" for i in range(40)), encoding="utf-8")
    told = CliRunner().invoke(app, ["draw", "asked.csv", "--seats", "20", "--seed", "17 4 31"])
    assert told.exit_code == 1
    assert "Next step: `impact register --stamp asked_drawn.csv.receipt.json`" in told.output
    monkeypatch.setenv("IMPACT_TIME_STAMPS", address)
    again = CliRunner().invoke(app, ["register", "--stamp", "asked_drawn.csv.receipt.json"])
    assert again.exit_code == 0
    assert stamped_at(Path("asked_drawn.csv.receipt.json")) is not None


def test_a_registration_is_stamped_and_its_copy_is_verified_without_a_workspace(
    tmp_path: Path, address: str, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPACT_WORKSPACE", str(DEMO))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IMPACT_TIME_STAMPS", address)
    copy = tmp_path / "copy.json"
    told = CliRunner().invoke(app, ["register", "project_confidence", "--out", str(copy)])
    assert told.exit_code == 0, told.output
    assert len(list((tmp_path / "data/history/registrations").glob("*.json.tsr"))) == 1
    monkeypatch.delenv("IMPACT_WORKSPACE")
    verified = CliRunner().invoke(app, ["register", "--verify", str(copy), "--authority", str(keys / "root.pem")])
    assert verified.exit_code == 0
    assert "the authority's signature holds" in verified.output
    beside(copy).write_bytes(b"0")
    assert CliRunner().invoke(app, ["register", "--verify", str(copy)]).exit_code == 1
