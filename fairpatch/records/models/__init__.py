"""The tables, one noun a file. Constraints here carry the invariants; triggers are in the migrations."""

from .accounts import Account, AccountAlias, AccountChange, Activity, Deal, Quota
from .designs import DesignRun, DesignScenario
from .imports import Import, ImportMapping
from .jobs import IdempotencyKey, Job, LastLogin, LoginAttempt
from .ledger import LedgerHead, LedgerKey, LedgerLeaf, LedgerSalt, LedgerTiles
from .organisation import CustomField, Organisation
from .ownership import Assignment, Ownership
from .people import ApiToken, Grant, Rep, User
from .plans import (
    Layer,
    Layout,
    LayoutLayer,
    LayoutTerritory,
    ListedAccount,
    Lock,
    Plan,
    Seat,
    Territory,
    ValueSet,
)
from .realignments import Approval, DealMove, Move, Realignment, WaitingMove

__all__ = [
    "Account",
    "AccountAlias",
    "AccountChange",
    "Activity",
    "ApiToken",
    "Approval",
    "Assignment",
    "CustomField",
    "Deal",
    "DealMove",
    "DesignRun",
    "DesignScenario",
    "Grant",
    "IdempotencyKey",
    "Import",
    "ImportMapping",
    "Job",
    "LastLogin",
    "Layer",
    "Layout",
    "LayoutLayer",
    "LayoutTerritory",
    "LedgerHead",
    "LedgerKey",
    "LedgerLeaf",
    "LedgerSalt",
    "LedgerTiles",
    "ListedAccount",
    "Lock",
    "LoginAttempt",
    "Move",
    "Organisation",
    "Ownership",
    "Plan",
    "Quota",
    "Realignment",
    "Rep",
    "Seat",
    "Territory",
    "User",
    "ValueSet",
    "WaitingMove",
]
