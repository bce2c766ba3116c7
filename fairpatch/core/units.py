"""How are money, shares and ids written down so that nothing is lost in between?

Money is a whole number of minor units (cents) with its currency; a share is a whole number of
hundredths of a percent. Neither is ever a float.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NewType

from fairpatch.core.errors import FairpatchError

AccountId = NewType("AccountId", str)
TerritoryCode = NewType("TerritoryCode", str)
LayerCode = NewType("LayerCode", str)
RepId = NewType("RepId", str)

# ISO 4217 currencies whose minor unit is not a hundredth.
_NO_MINOR_UNIT = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"),
        *("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
_THREE_DIGITS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def count_minor_digits(currency: str) -> int:
    """How many decimal places a currency's amounts have (ISO 4217)."""
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """A part of a whole in hundredths of a percent: `Share(2000)` is 20 %."""

    basis_points: int

    @classmethod
    def from_percent(cls, percent: int | float | Decimal) -> Share:
        return cls(int((Decimal(str(percent)) * 100).to_integral_value(ROUND_HALF_EVEN)))

    @property
    def percent(self) -> Decimal:
        return Decimal(self.basis_points) / 100


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency. Two currencies never add up."""

    minor: int
    currency: str

    @classmethod
    def from_major(cls, amount: int | str | Decimal, currency: str) -> Money:
        """Reads an amount such as "12.50"; half a minor unit rounds to even."""
        scaled = Decimal(amount).scaleb(count_minor_digits(currency))
        return cls(int(scaled.to_integral_value(ROUND_HALF_EVEN)), currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-count_minor_digits(self.currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"

    def split(self, shares: Sequence[Share]) -> list[Money]:
        """Parts in proportion to the shares that add up to the whole, to the minor unit.

        The minor units left over by rounding down go to the largest remainders, the earlier first.
        """
        total = sum(share.basis_points for share in shares)
        if total <= 0 or any(share.basis_points < 0 for share in shares):
            raise FairpatchError(
                "shares_empty", "Shares must not be negative and must add up to more than 0."
            )
        floors = [self.minor * share.basis_points // total for share in shares]
        remainders = [self.minor * share.basis_points % total for share in shares]
        by_need = sorted(range(len(shares)), key=lambda place: (-remainders[place], place))
        for place in by_need[: self.minor - sum(floors)]:
            floors[place] += 1
        return [Money(part, self.currency) for part in floors]

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise FairpatchError(
                "currencies_differ", f"{self.currency} and {other.currency} cannot be put together."
            )
        return other.minor
