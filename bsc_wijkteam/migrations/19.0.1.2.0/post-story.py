from odoo.tools import SQL
from odoo.tools.sql import column_exists

USES = ("team", "newsletter", "press")


def migrate(cr, version):
    """Turn what a story may be used for into one permission per use.

    Before, three ticks of a story shared one set of dates. Their columns go at the end
    of the update; the dates stay as they were noted.
    """
    if not column_exists(cr, "bsc_story", "may_team"):
        return
    for use in USES:
        cr.execute(
            SQL(
                """
                INSERT INTO bsc_story_permission (
                    story_id, use, date, date_until, date_withdrawn,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT id, %(use)s, date_permission, date_until, date_withdrawn,
                       write_uid, write_date, write_uid, write_date
                  FROM bsc_story
                 WHERE %(may)s AND date_permission IS NOT NULL
              ORDER BY id
                """,
                use=use,
                may=SQL.identifier(f"may_{use}"),
            )
        )
