"""Keep published versions as they are, and give SQL its three views to join on."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION policies_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION 'A % policy version is never deleted.', OLD.status
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    -- What a version says never changes, only where it stands: draft, published, withdrawn.
    IF (to_jsonb(NEW) - ARRAY['status', 'published_at', 'published_by_id',
                              'withdrawn_at', 'withdrawn_by_id'])
       IS DISTINCT FROM
       (to_jsonb(OLD) - ARRAY['status', 'published_at', 'published_by_id',
                              'withdrawn_at', 'withdrawn_by_id'])
    THEN
        RAISE EXCEPTION 'The text of a policy version does not change; load a new version.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'draft' AND NEW.status IN ('draft', 'published')
       AND NEW.withdrawn_at IS NULL AND NEW.withdrawn_by_id IS NULL
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

CREATE TRIGGER policies_policyversion_kept
    BEFORE UPDATE OR DELETE ON policies_policyversion
    FOR EACH ROW EXECUTE FUNCTION policies_keep_version();

CREATE FUNCTION policies_keep_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY[]::bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.policy_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.policy_id; END IF;
    -- FOR SHARE: nobody publishes the version while a row of it is still being written.
    PERFORM FROM policies_policyversion WHERE id = ANY (touched) FOR SHARE;
    IF EXISTS (SELECT FROM policies_policyversion
                WHERE id = ANY (touched) AND status <> 'draft')
    THEN
        RAISE EXCEPTION 'The rows of a published policy version are never changed.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

GUARDED = [
    "policies_source",
    "policies_eligibilityrule",
    "policies_window",
    "policies_tier",
    "policies_subsidyrule",
    "policies_tier_subsidy",
    "policies_proxyrule",
    "policies_backpaymentrule",
    "policies_fundingshare",
    "policies_provision",
]

VIEWS = """
CREATE VIEW policies_in_force AS
SELECT DISTINCT ON (county_code, scheme_id, year)
       county_code, scheme_id, year, id AS policy_id, version
  FROM policies_policyversion
 WHERE status = 'published'
 ORDER BY county_code, scheme_id, year, version DESC;

-- Every rule on every tier it is for, in every way of paying, with the amount worked out.
CREATE VIEW policies_rule_on_tier AS
SELECT rule.policy_id, rule.id AS subsidy_rule_id, tier.id AS tier_id, tier.number,
       tier.amount, tier.proxy_only, way.kind, way.source,
       rule.identity, rule.grade_max, rule.stacking, rule.priority, rule.decided,
       CASE WHEN rule.decided THEN
            LEAST(rule.cap_amount,
                  rule.base_amount
                  + ROUND(COALESCE(rule.rate, 0) * tier.amount, 2)
                  + COALESCE(rule.per_tier_step, 0)
                    * (tier.number - COALESCE(rule.tier_number_from, tier.number)))
       END AS subsidy_amount
  FROM policies_subsidyrule AS rule
  JOIN policies_tier AS tier
    ON tier.policy_id = rule.policy_id
   AND (rule.amount_from IS NULL OR tier.amount > rule.amount_from
        OR (rule.from_inclusive AND tier.amount = rule.amount_from))
   AND (rule.amount_to IS NULL OR tier.amount < rule.amount_to
        OR (rule.to_inclusive AND tier.amount = rule.amount_to))
   AND (rule.tier_number_from IS NULL
        OR (tier.number >= rule.tier_number_from AND NOT tier.proxy_only))
   AND (rule.tier_number_to IS NULL
        OR (tier.number <= rule.tier_number_to AND NOT tier.proxy_only))
 CROSS JOIN (VALUES ('normal', 'own'), ('normal', 'proxy'),
                    ('back', 'own'), ('back', 'proxy')) AS way (kind, source)
 WHERE (rule.payment_kind = '' OR rule.payment_kind = way.kind)
   AND (rule.payment_source = '' OR rule.payment_source = way.source)
   AND (way.source = 'proxy' OR NOT tier.proxy_only);

-- What an identity adds to the table. Empty for a policy that has no such rule.
CREATE VIEW policies_identity_subsidy AS
SELECT policy_id, tier_id, amount, kind, source, identity, grade_max,
       COALESCE(subsidy_amount, 0) AS subsidy_amount, subsidy_rule_id, decided
  FROM policies_rule_on_tier
 WHERE identity <> '' AND stacking = 'add';
"""

DROP_VIEWS = """
DROP VIEW policies_identity_subsidy;
DROP VIEW policies_rule_on_tier;
DROP VIEW policies_in_force;
"""


def guard(table):
    """Return the SQL that puts a guard on one table, and the SQL that takes it off."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_kept BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION policies_keep_rows();",
        f"DROP TRIGGER {table}_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_policy_versions")]

    operations = [
        migrations.RunSQL(
            GUARDS,
            "DROP TRIGGER policies_policyversion_kept ON policies_policyversion;"
            "DROP FUNCTION policies_keep_version; DROP FUNCTION policies_keep_rows;",
        ),
        *[guard(table) for table in GUARDED],
        migrations.RunSQL(VIEWS, DROP_VIEWS),
    ]
