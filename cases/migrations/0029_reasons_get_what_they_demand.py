"""The database refuses a no that lacks what its reason demands (law.md 6.1), whoever writes it."""

from django.db import migrations

DEMANDS = """
CREATE FUNCTION check_reason_gets_what_it_demands() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE given text := (SELECT code FROM socialservices_reasoncode WHERE id = NEW.reason_id);
BEGIN
    IF NEW.answer <> 'declined' THEN
        RETURN NEW;
    END IF;
    IF given = 'SCHOOL_RESPONSIBILITY' AND NEW.missing_measure = '' THEN
        RAISE EXCEPTION 'A no for the school''s responsibility names the measure that is missing'
            USING ERRCODE = 'check_violation';
    ELSIF given = 'PUPIL_NOT_MOTIVATED' AND (NEW.tried !~ '\\S' OR NEW.alternative = '') THEN
        RAISE EXCEPTION 'A no because the pupil does not want to says what was tried, and another way'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION check_reason_gets_what_it_demands() FROM PUBLIC;
CREATE TRIGGER reason_gets_what_it_demands BEFORE INSERT ON cases_decision
    FOR EACH ROW EXECUTE FUNCTION check_reason_gets_what_it_demands();
"""


class Migration(migrations.Migration):
    """Guards what is declined from now on; earlier answers stay as they were given."""

    dependencies = [("cases", "0028_what_a_no_demands"), ("socialservices", "0003_report_phone")]
    operations = [migrations.RunSQL(DEMANDS)]
