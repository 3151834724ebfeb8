"""The sentence for every code of this floor: msgids, translated by whoever shows them with `i18n._`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def N_(msgid: str) -> str:
    """Marks a text for extraction (this floor imports nothing, not even i18n)."""
    return msgid


#: why a value cannot be used, and how to mend it
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "id_precision_lost": N_(
            "The spreadsheet kept the ID number as a number and lost its last digits. Set the cell to text and type the number again from the card."
        ),
        "id_15_digits": N_("This is an old 15-digit ID number. Enter the 18-digit number of the present card."),
        "id_length": N_("An ID number has 18 characters, this one has {length}. Compare it with the card."),
        "id_characters": N_("'{value}' is not an ID number: 17 digits and a last digit or X are expected."),
        "id_birth_date": N_("The birth date in the ID number (characters 7 to 14) is not possible. Compare it with the card."),
        "id_check_digit": N_("The last character of the ID number does not fit the others: at least one is mistyped. Compare it with the card."),
        "card_length": N_("A disability card number has 20 characters, or 22 when re-issued; this one has {length}."),
        "card_class": N_("The 19th character of the disability card number is the class: 1 to 7."),
        "card_level": N_("The 20th character of the disability card number is the level: 1 to 4."),
        "card_suffix": N_("A re-issued disability card ends in B and one digit, such as B1."),
        "money_unreadable": N_("'{value}' is not an amount. Enter figures in yuan, such as 1200.50."),
        "money_decimals": N_("'{value}' has more than two decimals. Enter yuan, jiao and fen only."),
        "money_too_large": N_("The amount '{value}' is too large. Check the unit: yuan are expected."),
        "number_unreadable": N_("'{value}' is not a number. Enter figures only."),
        "number_places": N_("'{value}' has more than {places} decimals."),
        "number_whole": N_("'{value}' is not a whole number."),
        "number_too_large": N_("The number '{value}' is too large."),
        "percent_places": N_("'{value}' has more than two decimals before the per cent sign."),
        "phone_length": N_("A mobile number has 11 digits, a landline number its area code first; this one has {length} digits."),
        "phone_prefix": N_("'{value}' has 11 digits but is no mobile number. Check the first digits."),
        "phone_characters": N_("'{value}' is not a telephone number. Enter digits only."),
        "phone_several": N_("The cell has several telephone numbers. Keep one."),
        "account_precision_lost": N_(
            "The spreadsheet kept the account as a number and lost its last digits. Set the cell to text and type the account again from the bank book."
        ),
        "account_length": N_("A bank account has 12 to 23 digits, this one has {length}. Compare it with the bank book."),
        "account_characters": N_("'{value}' is not a bank account. Enter digits only."),
        "date_unreadable": N_("'{value}' is not a date. Write it as 2026-03-05."),
        "date_impossible": N_("There is no day '{value}' in the calendar."),
        "date_no_day": N_("'{value}' has no day. Write year, month and day: 2026-03-05."),
        "date_short_year": N_("'{value}' has a year of two digits. Write four: 2026-03-05."),
        "date_range": N_("The year of '{value}' is not possible."),
        "month_unreadable": N_("'{value}' is not a month. Write it as 2026-03."),
        "month_impossible": N_("There is no month '{value}'. Write it as 2026-03."),
        "month_ambiguous": N_("'{value}' may be January or October. Set the cell to text and write 2026-01 or 2026-10."),
        "boolean_unreadable": N_("'{value}' is neither yes nor no. Write 是 or 否."),
        "unknown_code": N_("'{value}' is not one of the words of the list '{list}'. Choose one of them."),
        "cell_error": N_("The cell shows the error {value}. Replace the formula by the value."),
        "formula_no_value": N_(
            "The cell has a formula that was never computed. Open the workbook in WPS, save it again, or type the value."
        ),
        "text_private_use": N_(
            "Character {place} ({point}) exists only in the font of one computer. Type it again with an input method that knows rare characters."
        ),
        "text_garbled": N_("Character {place} was lost when the file was converted. Type it again."),
        "name_garbled": N_("The name '{name}' contains a question mark: a character was lost. Type it again."),
        "name_digits": N_("The name '{name}' contains a digit."),
    }
)  # fmt: skip

#: what was changed to make a value usable
NOTES: Mapping[str, str] = MappingProxyType(
    {
        "blank_mark": N_("The mark for 'nothing' was read as empty."),
        "id_fullwidth": N_("Full-width digits of the ID number were made half-width."),
        "id_quote": N_("The quote before the ID number was removed."),
        "id_spaces": N_("Spaces or line breaks in the ID number were removed."),
        "id_lower_x": N_("The x of the ID number was made a capital X."),
        "money_wan": N_("The amount was converted from ten thousand yuan to yuan."),
        "money_comma": N_("The commas in the amount were removed."),
        "money_unit": N_("The unit written with the amount was removed."),
        "money_blank_mark": N_("The mark for 'nothing' was read as no amount."),
        "money_fullwidth": N_("Full-width figures of the amount were made half-width."),
        "money_spaces": N_("Spaces in the amount were removed."),
        "number_fullwidth": N_("Full-width figures were made half-width."),
        "number_spaces": N_("Spaces in the number were removed."),
        "number_comma": N_("The commas in the number were removed."),
        "percent_sign": N_("The number was read as per cent."),
        "phone_number": N_("The telephone number was kept as a number; it was made text."),
        "phone_fullwidth": N_("Full-width digits of the telephone number were made half-width."),
        "phone_spaces": N_("Spaces in the telephone number were removed."),
        "phone_country": N_("The country code 86 was removed."),
        "phone_landline": N_("The landline number was written with a hyphen after the area code."),
        "account_fullwidth": N_("Full-width digits of the account were made half-width."),
        "account_quote": N_("The quote before the account was removed."),
        "account_spaces": N_("Spaces in the account were removed."),
        "account_number": N_("The account was kept as a number; it was made text."),
        "date_format": N_("The date was written as year-month-day."),
        "date_serial": N_("The day number of the spreadsheet was made a date."),
        "date_time": N_("The time of day was dropped."),
        "month_format": N_("The month was written as year-month."),
        "month_from_date": N_("The day was dropped, the month kept."),
        "boolean_word": N_("The word was read as yes or no."),
        "code_alias": N_("The word was replaced by the one in the list."),
        "text_control": N_("Invisible characters were removed."),
        "name_spaces": N_("Spaces in the name were removed."),
        "name_dot": N_("The dot in the name was made the usual ·."),
    }
)  # fmt: skip

#: hints that never keep a value out
DOUBTS: Mapping[str, str] = MappingProxyType(
    {"account_luhn": N_("The check digit of the bank card does not fit. Compare it with the card.")}
)
