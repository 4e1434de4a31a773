"""What every app stands on: uploaded files as they came, and jobs that outlive their workers."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A job that nobody holds is woken again every few seconds; after this long no worker is there.
PATIENCE = timedelta(minutes=1)


class StoredFile(models.Model):
    """An uploaded file as it came (原始文件), sealed on disk, known by the SHA-256 of its bytes."""

    county_code = models.CharField(_("县区代码"), max_length=6)
    purpose = models.CharField(_("用途"), max_length=20)
    name = models.CharField(_("文件名"), max_length=255)
    size = models.BigIntegerField(_("字节数"))
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=80)
    stored_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("上传人"), related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("原始文件")
        constraints = [
            models.UniqueConstraint(
                fields=["county_code", "purpose", "sha256"], name="one_file_for_the_same_bytes"
            ),
        ]

    def __str__(self):
        return self.name


class JobQuerySet(models.QuerySet):
    def unfinished(self):
        """Jobs that still have steps to run, whether or not a worker holds them now."""
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def held(self):
        """Jobs whose worker has renewed its lease lately, by the database's clock."""
        return self.filter(lease_until__gt=Now())

    def overdue(self):
        """Unfinished jobs older than PATIENCE that nobody holds."""
        held = Q(lease_until__gt=Now() - PATIENCE)
        return self.unfinished().exclude(held).filter(created_at__lt=Now() - PATIENCE)

    def with_lease(self):
        """Each job knows `is_leased`: by the database's clock its lease has not run out yet."""
        return self.annotate(is_leased=Q(lease_until__gt=Now()))


class Job(models.Model):
    """A piece of long work (任务) that PostgreSQL remembers and Celery merely wakes.

    A worker holds a job by lease and fencing number: whoever comes later gets a higher number, and
    a worker whose number is no longer the job's cannot commit a step. `attempts` counts the tries
    at the present step.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("处理中")
        WAITING = "waiting", _("待决定")
        DONE = "done", _("已完成")
        REFUSED = "refused", _("未能处理")
        FAILED = "failed", _("出错中止")
        CANCELLED = "cancelled", _("已取消")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("种类"), max_length=40)
    subject_id = models.BigIntegerField(_("对象"))
    county_code = models.CharField(_("县区代码"), max_length=6)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    steps_done = models.PositiveSmallIntegerField(_("已完成步骤"), default=0)
    rows_done = models.BigIntegerField(_("已处理行数"), default=0)
    rows_total = models.BigIntegerField(_("总行数"), null=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    woken_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=120, blank=True)
    is_cancel_asked = models.BooleanField(_("已要求取消"), default=False)
    refusal_code = models.CharField(max_length=40, blank=True)
    message = models.TextField(_("说明"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("发起人"), related_name="+"
    )
    created_at = models.DateTimeField(_("发起时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任务")
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="job_unfinished",
                condition=Q(state__in=["queued", "running"]),
            ),
            models.Index(fields=["kind", "subject_id"], name="job_of_subject"),
        ]

    def __str__(self):
        return f"{self.kind} {self.subject_id}"

    @property
    def is_finished(self):
        return self.state not in (self.State.QUEUED, self.State.RUNNING, self.State.WAITING)

    @property
    def seconds_left(self):
        """How long the rest will take at the speed so far; None before anybody can say."""
        if not self.rows_total or not self.rows_done or self.started_at is None:
            return None
        so_far = (timezone.now() - self.started_at).total_seconds()
        return max(1, round(so_far / self.rows_done * (self.rows_total - self.rows_done)))

    @property
    def step_names(self):
        """The dotted names of this kind's steps, in order, from settings.JOB_STEPS."""
        return settings.JOB_STEPS[self.kind]


class Submission(models.Model):
    """A form that somebody sent (提交), known by its key, and what it was answered.

    Key and contents are blind indexes, the answer is sealed: a row tells who sent which form when.
    """

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("提交人"), related_name="+"
    )
    key_index = models.BinaryField()
    fingerprint = models.BinaryField()
    route = models.CharField(_("页面"), max_length=100)
    sealed_head = models.BinaryField(null=True)
    sealed_body = models.BinaryField(null=True)
    is_page = models.BooleanField(default=False)
    sent_at = models.DateTimeField(_("提交时间"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("提交")
        constraints = [
            models.UniqueConstraint(fields=["staff", "key_index"], name="one_submission_for_a_key")
        ]
        indexes = [models.Index(fields=["sent_at"], name="submission_by_age")]

    def __str__(self):
        return self.route
