"""People who stand on an exclusion list and are enrolled all the same (参保冲突)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.models.lists import EXCLUSIONS, DepartmentList
from enrollment.models.people import PeopleQuerySet, Resident


class Conflict(models.Model):
    """Somebody enrolled whom a department's list names (参保冲突): looked into, never dropped.

    A conflict is handled by a person, who takes it and decides with a reason. Nothing is done to
    somebody's enrolment by a list alone (A05, A06).
    """

    class State(models.TextChoices):
        UNTOUCHED = "untouched", _("未处理")
        HANDLED = "handled", _("处理中")
        DONE = "done", _("已完成")

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", _("属实")
        REFUTED = "refuted", _("不属实")

    county_code = models.CharField(_("县区代码"), max_length=6)
    village_code = models.CharField(_("村（社区）"), max_length=12)
    resident = models.ForeignKey(
        Resident, models.PROTECT, verbose_name=_("居民"), related_name="conflicts"
    )
    subject = models.CharField(
        _("冲突"), max_length=13, choices=[(s.value, s.label) for s in EXCLUSIONS]
    )
    # Where it was found, and the last list that still named them.
    first_list = models.ForeignKey(DepartmentList, models.PROTECT, related_name="+")
    last_list = models.ForeignKey(DepartmentList, models.PROTECT, related_name="conflicts")
    row_number = models.IntegerField(_("行号"))
    said_on = models.DateField(_("名单所载日期"), null=True)
    remark = models.CharField(_("名单说明"), max_length=120, blank=True)
    listed_name = models.CharField(_("名单姓名"), max_length=60)
    found_at = models.DateTimeField(_("发现时间"))
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.UNTOUCHED)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("处理人"),
        related_name="+",
    )
    taken_at = models.DateTimeField(_("开始处理"), null=True)
    decision = models.CharField(_("结论"), max_length=9, choices=Decision, blank=True)
    reason = models.CharField(_("依据"), max_length=200, blank=True)
    effect = models.JSONField(_("后续"), default=list)
    decided_at = models.DateTimeField(_("办结时间"), null=True)

    objects = PeopleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("参保冲突")
        ordering = ["village_code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "resident", "subject"],
                condition=~Q(state="done"),
                name="one_open_conflict_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="done", decided_at__isnull=False, handler__isnull=False)
                & ~Q(decision="")
                & ~Q(reason="")
                | ~Q(state="done"),
                name="conflict_is_done_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["county_code", "village_code", "state", "id"], name="conflict_by_village"
            )
        ]

    def __str__(self):
        return f"{self.resident} {self.get_subject_display()}"

    @property
    def is_done(self):
        return self.state == self.State.DONE
