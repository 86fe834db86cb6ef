"""Text to match key: total for any text, idempotent, in linear time. The only package that imports dateutil.

A key is for comparing and is never written to a system. What a step dropped or cleaned is reported beside
the key, never done without a report.
"""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.rules.normalize.companies import CompanyKey, company_key
    from custsync.rules.normalize.damage import spreadsheet_damage
    from custsync.rules.normalize.emails import CleanEmail, clean_email, email_key
    from custsync.rules.normalize.phones import phone_key, phone_keys
    from custsync.rules.normalize.texts import as_text, id_key, text_key, words_key
    from custsync.rules.normalize.timestamps import DateOrder, epoch_stamp, read_stamp
else:
    __getattr__ = names_in(__name__, "companies", "damage", "emails", "phones", "texts", "timestamps")

__all__ = [
    "CleanEmail",
    "CompanyKey",
    "DateOrder",
    "as_text",
    "clean_email",
    "company_key",
    "email_key",
    "epoch_stamp",
    "id_key",
    "phone_key",
    "phone_keys",
    "read_stamp",
    "spreadsheet_damage",
    "text_key",
    "words_key",
]
