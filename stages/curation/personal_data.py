"""Personal data: e-mail addresses, phone, card and bank account numbers.

Data reserved for examples is allowed: addresses in reserved domains (RFC 2606), phone numbers for films (555, and
Ofcom's for drama), and the card numbers that payment services publish for tests. So are phone numbers that belong to
nobody, such as toll-free ones.
"""

import re
from typing import TYPE_CHECKING

from stages.common.records import Example

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@(?P<domain>(?:[a-z0-9-]+\.)+[a-z]{2,24})\b", re.I)
_RESERVED_DOMAIN = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|net|org|edu))?|test|invalid|localhost)$|^domain\.com$", re.I
)
_CARD = re.compile(
    r"(?<![\w.,-])(?:4\d{3}|5[1-5]\d\d|2[2-7]\d\d|3[47]\d\d|6011|65\d\d)(?:[ -]?\d){9,15}(?![\w-]|[.,]\d)"
)
_TEST_CARDS = frozenset(
    "4111111111111111 4242424242424242 4012888888881881 5555555555554444 5105105105105100 378282246310005 "
    "371449635398431 6011111111111117 6011000990139424".split()
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ENOUGH_DIGITS = re.compile(r"\d(?:[^\w,]{0,3}\d){8}")  # the length of the shortest phone numbers with an area code
_WRITTEN_AS_PHONE = re.compile(r"^[+(0]|[-.)]")  # without any of these, it is three numbers in a row
_FICTIONAL_AMERICAN = re.compile(r"[2-9]\d\d555\d{4}")
_OFCOM_DRAMA = re.compile(r"(?:2079460|1[1-6]\d4960|1632960|7700900|8081570|9098790|3069990)\d{3}")


def personal_data(example: Example) -> str | None:
    """The first piece of personal data whose check digits or numbering plan confirm it."""
    for field in ("instruction", "input", "output"):
        text: str = getattr(example, field)
        numbers = text if _ENOUGH_DIGITS.search(text) else ""
        if found := _email(text) or _card(numbers) or _iban(text) or _phone(numbers):
            return f"{field} holds the {found}"
    return None


def _email(text: str) -> str | None:
    for match in _EMAIL.finditer(text) if "@" in text else ():
        if not _RESERVED_DOMAIN.search(match["domain"]):
            return f"e-mail address {match[0]}"
    return None


def _card(text: str) -> str | None:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if digits not in _TEST_CARDS and passes_luhn(digits):
            return f"card number {match[0]}"
    return None


def passes_luhn(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1): every second digit from the right is doubled; all digits must sum to a multiple of
    10."""
    doubled = "".join(str(2 * int(digit)) if i % 2 else digit for i, digit in enumerate(reversed(digits)))
    return sum(map(int, doubled)) % 10 == 0


def _iban(text: str) -> str | None:
    return next((f"account number {account}" for account in _IBAN.findall(text) if passes_mod97(account)), None)


def passes_mod97(account: str) -> bool:
    """The check of an IBAN (ISO 13616): the first four characters go to the end, letters become 10 to 35, and the
    number must leave 1 when divided by 97."""
    plain = account.replace(" ", "")
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def _phone(text: str) -> str | None:
    if not text:
        return None
    import phonenumbers  # here, because its numbering plans load slowly, and few examples have enough digits

    for region in ("US", "GB"):  # numbers of these countries are found without a country code
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.STRICT_GROUPING):
            if _WRITTEN_AS_PHONE.search(match.raw_string) and not _belongs_to_nobody(match.number):
                return f"phone number {match.raw_string}"
    return None


def _belongs_to_nobody(number: "PhoneNumber") -> bool:
    """Whether it is a number for films, or a line that many people share."""
    from phonenumbers import PhoneNumberType, number_type

    if number.country_code == 1 and _FICTIONAL_AMERICAN.fullmatch(str(number.national_number)):
        return True
    if number.country_code == 44 and _OFCOM_DRAMA.fullmatch(str(number.national_number)):
        return True
    shared = (PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN)
    return number_type(number) in shared
