"""Who works here, what they may do, what each did, and what two or three decide together."""

from staff.models.approvals import Approvable, ApprovableQuerySet, ApprovalStep
from staff.models.exports import Export, ExportQuerySet
from staff.models.people import (
    EXPIRING,
    LONGEST_DUTY,
    PEOPLES_DUTIES,
    SYSTEM_DUTIES,
    UNUSED,
    Duty,
    DutyKind,
    Staff,
    StaffManager,
    StaffQuerySet,
)
from staff.models.systems import SystemAccess, SystemAccessQuerySet
from staff.models.trail import AuditEntry

__all__ = [
    "EXPIRING",
    "LONGEST_DUTY",
    "PEOPLES_DUTIES",
    "SYSTEM_DUTIES",
    "UNUSED",
    "Approvable",
    "ApprovableQuerySet",
    "ApprovalStep",
    "AuditEntry",
    "Duty",
    "DutyKind",
    "Export",
    "ExportQuerySet",
    "Staff",
    "StaffManager",
    "StaffQuerySet",
    "SystemAccess",
    "SystemAccessQuerySet",
]
