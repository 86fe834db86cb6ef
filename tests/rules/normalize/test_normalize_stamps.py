"""Time stamps: the forms that the systems write are read, everything that would be a guess is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custsync.errors import ConfigurationError, InputError
from custsync.models import ABSENT
from custsync.rules.normalize import DateOrder, epoch_stamp, read_stamp

LOS_ANGELES = "America/Los_Angeles"


def shortened(value: object) -> str:
    return str(value)[:9]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


class TestIso:
    """ISO 8601 stamps with dashes and a zone are read, to aware UTC."""

    @pytest.mark.parametrize(
        ("text", "stamp"),
        [
            ("2026-09-14T08:05:00Z", utc(2026, 9, 14, 8, 5)),
            ("2026-06-30T18:58:34.763Z", utc(2026, 6, 30, 18, 58, 34, 763000)),
            ("2025-05-21T10:58:14.2213334Z", utc(2025, 5, 21, 10, 58, 14, 221333)),
            ("2025-05-21T11:02:09+00:00", utc(2025, 5, 21, 11, 2, 9)),
            ("2026-09-14T01:05:00.000-07:00", utc(2026, 9, 14, 8, 5)),
            ("2026-09-14 01:05:00-0700", utc(2026, 9, 14, 8, 5)),
            ("2026-09-14T08:05Z", utc(2026, 9, 14, 8, 5)),
            (" 2026-09-14T08:05:00Z\n", utc(2026, 9, 14, 8, 5)),
            ("2026-01-01T24:00:00Z", utc(2026, 1, 2)),
        ],
    )
    def test_read(self, text: str, stamp: datetime) -> None:
        read = read_stamp(text)
        assert read == stamp
        assert read is not None
        assert read.tzinfo is UTC

    @given(st.datetimes(min_value=datetime(2, 1, 1)), st.integers(-840, 840))  # noqa: DTZ001  (zone follows)
    def test_any_moment(self, moment: datetime, minutes: int) -> None:
        stamp = moment.replace(tzinfo=UTC)
        try:
            local = (stamp + timedelta(minutes=minutes)).replace(tzinfo=None)
        except OverflowError:
            return
        sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
        assert read_stamp(f"{local.isoformat()}{sign}{hours:02}:{rest:02}") == stamp


class TestUnknown:
    """A blank stamp, and the minimum `0001-01-01`, are unknown: no date."""

    @pytest.mark.parametrize("text", [None, ABSENT, "", "  "], ids=repr)
    def test_blank(self, text: Any) -> None:
        assert read_stamp(text) is None

    @pytest.mark.parametrize(
        "text", ["0001-01-01", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01 00:00:00"]
    )
    @pytest.mark.parametrize("zone", ["", LOS_ANGELES, "Asia/Tokyo"])
    def test_minimum(self, text: str, zone: str) -> None:
        assert read_stamp(text, zone=zone) is None

    @pytest.mark.parametrize("text", ["0001-01-02T00:00:00Z", "0001-02-01T00:00:00Z", "0002-01-01T00:00:00Z"])
    def test_another_day_is_a_date(self, text: str) -> None:
        assert read_stamp(text) is not None


class TestAccountForms:
    """What an account writes is read by the order and the zone that its caller declares."""

    @pytest.mark.parametrize(
        ("text", "order", "stamp"),
        [
            ("2017-05-27 8:56:10", None, utc(2017, 5, 27, 8, 56, 10)),
            ("2017/5/27", None, utc(2017, 5, 27)),
            ("5/27/2017", "month_first", utc(2017, 5, 27)),
            ("27/5/2017", "day_first", utc(2017, 5, 27)),
            ("27.05.2017 18:56", "day_first", utc(2017, 5, 27, 18, 56)),
            ("5-27-2017 18:56:10", "month_first", utc(2017, 5, 27, 18, 56, 10)),
            ("5/27/2017 8:56 am", "month_first", utc(2017, 5, 27, 8, 56)),
            ("5/27/2017  1:00  am", "month_first", utc(2017, 5, 27, 1)),
            ("5/27/2017 8:56PM", "month_first", utc(2017, 5, 27, 20, 56)),
            ("5/27/2017 12:00 am", "month_first", utc(2017, 5, 27)),
            ("5/27/2017 12:00:01 pm", "month_first", utc(2017, 5, 27, 12, 0, 1)),
        ],
    )
    def test_read(self, text: str, order: DateOrder | None, stamp: datetime) -> None:
        assert read_stamp(text, order=order, zone="UTC") == stamp

    def test_order_is_never_guessed(self) -> None:
        assert read_stamp("01/02/2026", order="month_first", zone="UTC") == utc(2026, 1, 2)
        assert read_stamp("01/02/2026", order="day_first", zone="UTC") == utc(2026, 2, 1)
        with pytest.raises(InputError):
            read_stamp("01/02/2026", zone="UTC")

    @pytest.mark.parametrize("order", ["", "mdy", "MONTH_FIRST", 1])
    def test_unknown_order_is_a_configuration_error(self, order: Any) -> None:
        with pytest.raises(ConfigurationError, match="month_first or day_first"):
            read_stamp("1/2/2026", order=order, zone="UTC")

    @pytest.mark.parametrize(
        ("text", "stamp"),
        [
            pytest.param("2026-01-15 10:12:00", utc(2026, 1, 15, 18, 12), id="winter"),
            pytest.param("2026-07-15 10:12:00", utc(2026, 7, 15, 17, 12), id="summer"),
            pytest.param("2026-11-01 01:30:00", utc(2026, 11, 1, 8, 30), id="twice: the first"),
            pytest.param("2026-03-08 02:30:00", utc(2026, 3, 8, 10, 30), id="skipped: moved on"),
            pytest.param("2026-01-15", utc(2026, 1, 15, 8), id="date: midnight there"),
            pytest.param("2026-01-15 10:12:00Z", utc(2026, 1, 15, 10, 12), id="its own zone wins"),
        ],
    )
    def test_declared_zone(self, text: str, stamp: datetime) -> None:
        assert read_stamp(text, zone=LOS_ANGELES) == stamp

    @pytest.mark.parametrize(
        ("zone", "hour"), [("UTC", 12), ("Etc/GMT+8", 20), ("Etc/GMT-3", 9), ("America/Port-au-Prince", 17)]
    )
    def test_zone_names(self, zone: str, hour: int) -> None:
        assert read_stamp("2026-01-15 12:00:00", zone=zone) == utc(2026, 1, 15, hour)

    def test_longest_text(self) -> None:
        assert read_stamp("2026-09-14T08:05:00Z".ljust(40)) == utc(2026, 9, 14, 8, 5)
        with pytest.raises(InputError):
            read_stamp("2026-09-14T08:05:00Z".ljust(41))

    @pytest.mark.parametrize("text", ["2026-01-15 10:12:00", "2026-01-15T10:12:00", "2026-01-15"])
    def test_without_any_zone_is_refused(self, text: str) -> None:
        with pytest.raises(InputError, match="declare the zone"):
            read_stamp(text)

    @pytest.mark.parametrize(
        "zone",
        [
            *(
                "Nope/Nope",
                "America",
                "EST5EDT",
                "UTC+3",
                "/etc/localtime",
                "../etc/localtime",
                ":UTC",
                "utc",
            ),
            *("America/../UTC", "Amérique/Paris", "a/" + "b" * 999, " ", "America/Los Angeles", "a/\x00"),
        ],
    )
    def test_unknown_zone_is_a_configuration_error(self, zone: str) -> None:
        with pytest.raises(ConfigurationError, match="IANA name"):
            read_stamp("2026-01-15", zone=zone)


class TestNothingIsGuessed:
    """What a forgiving parser would fill in from today, or overflow on, is refused."""

    @pytest.mark.parametrize(
        "text",
        [
            *("10", "Sat", "may", "2026-01", "2026-02-30", "2026-01-02 03:04:05 EST", "1" * 30, "1" * 99),
            *("20260102", "20260102T030405Z", "2026-W01-1", "2026-01-02x03:04:05", "2026-01-02T03"),
            *("5/27/17", "5/27", "5/27/2017/1", "13/13/2017", "5/27/2017 25:00", "5/27/2017 0:30 pm"),
            *("5/27/2017 13:00 pm", "5/27/2017 8", "5/27/2017 8:5:6:7", "5/27/2017 am", "5/27/2017 a:b"),
            *("2026-01-01T25:00:00Z", "2026-01-01T24:00:01Z", "0000-00-00", "0000-00-00 00:00:00"),
            *("5/2\u0667/2017", "٢٠٢٦-01-02", "abcd-ef-gh", "5.27/2017", "555/1/2017", "5/27/20177"),
            *("9999-12-31T23:59:59-14:00", "9999-12-31 23:59:59", "\ud800", "-/-/-", "26-01-02", "1/1/1/"),
            *("5/027/2017", "5/+5/2017", "5/ 5/2017", "5/27/2017 +8:56", "5/27/2017 8:56:1:"),
            *("2026-01-02T03:04:05\x00Z", "2026-01-02T03:04:05xZ", "2026-01-02T03:04:055Z"),
            *("2026-01-02T03:04:05Z\x00", "2026-01-02T03:04:05+5", "2026-01-02T03:04:05.Z"),
        ],
        ids=ascii,
    )
    @pytest.mark.parametrize("order", [None, "month_first", "day_first"])
    def test_refused(self, text: str, order: DateOrder | None) -> None:
        with pytest.raises(InputError) as caught:
            read_stamp(text, order=order, zone=LOS_ANGELES)
        assert str(caught.value) == f"not a time stamp of a known form ({len(text)} characters)"
        assert caught.value.__suppress_context__

    @given(
        st.text() | st.text("0123456789-/.:TZ+ apm", max_size=30),
        st.sampled_from([None, "month_first", "day_first"]),
        st.sampled_from(["", "UTC", LOS_ANGELES]),
    )
    def test_a_moment_none_or_our_error(self, text: str, order: DateOrder | None, zone: str) -> None:
        try:
            stamp = read_stamp(text, order=order, zone=zone)
        except InputError:
            return
        assert stamp is None or stamp.tzinfo is UTC

    @pytest.mark.parametrize("value", [20260102, datetime(2026, 1, 2, tzinfo=UTC), b"2026-01-02"], ids=repr)
    def test_what_is_no_text_is_refused(self, value: Any) -> None:
        with pytest.raises(InputError, match="a text was expected"):
            read_stamp(value)


class TestEpoch:
    """Whole seconds since 1970 are a moment; nothing else is."""

    @given(st.datetimes(min_value=datetime(1970, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))  # noqa: DTZ001
    def test_read(self, moment: datetime) -> None:
        stamp = moment.replace(tzinfo=UTC)
        assert epoch_stamp(int(stamp.timestamp())) == stamp

    @pytest.mark.parametrize(
        "value", [10**15, -(10**15), 10**400, True, 1.5, "1", None], ids=lambda v: str(v)[:9]
    )
    def test_refused(self, value: Any) -> None:
        with pytest.raises(InputError, match="whole number"):
            epoch_stamp(value)
