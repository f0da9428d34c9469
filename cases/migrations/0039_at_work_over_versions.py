"""How much a service has to do is counted over all the versions of its entry: a new one does not begin at nothing."""

from django.db import migrations

BEFORE = "(SELECT count(*)::int FROM cases_referral r WHERE r.service_id = s.id AND r.status IN ('accepted', 'active'))"
NOW = (
    "(SELECT count(*)::int FROM cases_referral r JOIN socialservices_service v ON v.id = r.service_id "
    "WHERE v.office_id = s.office_id AND v.kind = s.kind AND r.status IN ('accepted', 'active'))"
)

COUNT_OVER_VERSIONS = f"""
DO $$ DECLARE told text; before text := $words${BEFORE}$words$; BEGIN
    told := pg_get_functiondef('how_services_answer(uuid[])'::regprocedure);
    ASSERT strpos(told, before) > 0, 'how_services_answer is not what it was';
    EXECUTE replace(told, before, $words${NOW}$words$);
END $$;
"""


class Migration(migrations.Migration):
    """Counts by office and kind."""

    dependencies = [("cases", "0038_wall_of_unit_settings"), ("socialservices", "0005_wall_of_services")]
    operations = [migrations.RunSQL(COUNT_OVER_VERSIONS)]
