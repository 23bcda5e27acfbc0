"""Words, numbers and dates that stand in any table: a pattern of a policy that matches one of them says nothing."""

from __future__ import annotations

from typing import Final

WORDS: Final = (
    "a", "I", "the", "and", "of", "to", "yes", "No", "ok", "new", "Open", "closed", "paid", "order", "invoice", "total", "Price",
    "product", "Monday", "Tuesday", "January", "summer", "blue", "Large", "standard", "premium", "delivered", "customer", "USA",
    "EUR", "kg", "PDF", "N/A", "het", "und", "rue", "Straße", "città", "año", "não", "Žluť", "öl",
)  # fmt: skip
NUMBERS: Final = (
    "0", "1", "7", "12", "42", "99", "100", "365", "999", "1000", "2024", "12500", "20000", "250000", "20240501", "-5", "0.5",
    "3.14", "19.99", "1,234.50", "1.234,50", "50%", "+10", "10:30", "08:15:00", "2024-05-01", "01/05/2024", "1.5.2024",
    "2024-05-01 10:30",
)  # fmt: skip
TEXTS: Final = (
    "please call back next week", "The order was delivered on time, thank you.", "size: L (blue), 2 pieces",
    "see page 3/4 - total = 12.50",
)  # fmt: skip
ORDINARY: Final = (*WORDS, *NUMBERS, *TEXTS)
