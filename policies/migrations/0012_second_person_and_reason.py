"""Keep why a version was withdrawn, and let the table itself refuse its maker as publisher."""

from django.db import migrations, models

CHANGING = (
    "ARRAY['status', 'published_at', 'published_by_id', 'withdrawn_at', 'withdrawn_by_id'{more}]"
)
KEEP_VERSION = """
CREATE OR REPLACE FUNCTION policies_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'A % policy version is never deleted.', OLD.status
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    -- What a version says never changes, only where it stands: draft, published, withdrawn.
    IF (to_jsonb(NEW) - {changing}) IS DISTINCT FROM (to_jsonb(OLD) - {changing})
    THEN
        RAISE EXCEPTION 'The text of a policy version does not change; load a new version.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'draft' AND NEW.status IN ('draft', 'published')
       AND NEW.withdrawn_at IS NULL AND NEW.withdrawn_by_id IS NULL{no_reason}
    THEN
        RETURN NEW;
    END IF;
    IF OLD.status = 'published' AND NEW.status = 'withdrawn'
       AND NEW.published_at = OLD.published_at
       AND NEW.published_by_id IS NOT DISTINCT FROM OLD.published_by_id
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A policy version goes from draft to published to withdrawn, nothing else.'
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def keep_version(more="", no_reason=""):
    return KEEP_VERSION.format(changing=CHANGING.format(more=more), no_reason=no_reason)


class Migration(migrations.Migration):
    dependencies = [("policies", "0011_needs_know_tokens")]

    operations = [
        migrations.AddField(
            "policyversion",
            "withdrawal_reason",
            models.CharField("撤回原因", max_length=200, blank=True, default="", db_default=""),
        ),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                condition=models.Q(loaded_by__isnull=True)
                | models.Q(published_by__isnull=True)
                | ~models.Q(published_by=models.F("loaded_by")),
                name="policies_policyversion_second_person",
            ),
        ),
        migrations.RunSQL(
            keep_version(", 'withdrawal_reason'", " AND NEW.withdrawal_reason = ''"),
            keep_version(),
        ),
    ]
