"""Say of every settings proposal who agreed to it or sent it back, as the approval has it."""

import json

from django.db import migrations
from django.db.models import F

from pension_portal.secrecy import blind_index

NAMES = (
    *("county_code", "posts_by_itself", "bad_share_limit", "roster_bad_share_limit"),
    *("review_above", "registration_needs_approval", "why"),
)
STEPS = """
insert into staff_approvalstep (subject, round, step, part, at, content_hash, reason, staff_id)
select 'settingsproposal:' || p.id, 1, taken.step, taken.part, taken.at, p.content_hash,
       coalesce(taken.reason, ''), taken.staff_id
from contributions_settingsproposal p
cross join lateral (values
    (1, 'submit', 'maker', p.made_at, '', p.made_by_id),
    (2, 'approve', 'approver', p.approved_at, '', p.approved_by_id),
    (2, 'return', 'approver', p.returned_at, p.return_reason, p.returned_by_id)
) as taken (turn, step, part, at, reason, staff_id)
where taken.at is not null and taken.staff_id is not null
order by p.id, taken.turn;
"""


def say_who_decided(apps, schema_editor):
    """What was sent back gave way to the next proposal, and is open no more."""
    proposals = apps.get_model("contributions", "SettingsProposal").objects
    for one in proposals.all():
        text = json.dumps({name: str(getattr(one, name)) for name in NAMES}, sort_keys=True)
        one.content_hash = blind_index(text).hex()
        one.save(update_fields=["content_hash"])
    proposals.update(round=1, submitted_at=F("made_at"))
    proposals.filter(state="approved").update(
        approved_by=F("decided_by"), approved_at=F("decided_at")
    )
    proposals.filter(state="rejected").update(
        state="withdrawn",
        returned_by=F("decided_by"),
        returned_at=F("decided_at"),
        return_reason=F("reason"),
    )
    proposals.filter(state="waiting").update(state="submitted")


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0018_settings_agreed_to"),
        ("staff", "0008_own_desk"),
    ]

    operations = [
        migrations.RunPython(say_who_decided, migrations.RunPython.noop),
        migrations.RunSQL(STEPS, migrations.RunSQL.noop),
    ]
