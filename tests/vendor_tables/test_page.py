"""The page of what vendors take is made of the tables that the code goes by."""

from tests.vendor_tables.pages import PAGE, page


class TestThePage:
    """It is that of today."""

    def test_it_is_as_it_would_be_written(self) -> None:
        assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.vendor_tables"
