from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html_escape

# What the referral that is kept takes over where it has nothing itself.
FILLED = (
    "client_id",
    "area_id",
    "age_band",
    "level_id",
    "family_id",
    "coach_id",
    "buddy_id",
    "date_buddy",
    "date_intake",
    "date_match",
)
JOINED_TEXTS = ("wish", "barriers")
JOINED_LISTS = ("target_group_ids", "barrier_ids", "aid_ids")
# What goes along: the field with the records, and what tells two of them are the same.
MOVED = {
    "request_ids": (),
    "feedback_ids": (),
    "followup_ids": ("date_from", "months"),
    "measurement_ids": ("indicator_id", "months"),
    "story_ids": (),
    "mail_ids": (),
}


class BscReferral(models.Model):
    """The same question that came in twice: one is kept, the others point to it."""

    _inherit = "bsc.referral"

    merged_into_id = fields.Many2one(
        "bsc.referral",
        "Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The same question came in twice. It goes on there.",
    )

    def write(self, vals):
        if vals.get("active") and self.merged_into_id:
            merged = self.filtered("merged_into_id")[:1]
            raise UserError(
                self.env._(
                    "%(reference)s was merged into %(kept)s and goes on there.",
                    reference=merged.reference,
                    kept=merged.merged_into_id.reference,
                )
            )
        return super().write(vals)

    def _get_kept(self):
        """Return where one referral goes on: itself, or what it was merged into."""
        self.ensure_one()
        kept = self
        while kept.merged_into_id:
            kept = kept.merged_into_id
        return kept

    def _propose_kept(self):
        """Return which of these to keep: one with a place, else the first."""
        return self.sorted(
            lambda referral: (
                referral.is_closed,
                not referral.stage_id.occupies_place,
                not referral.offering_id,
                referral.date,
                referral.id,
            )
        )[:1]

    def _get_merge_issues(self, kept):
        """Return why these cannot be merged, as sentences.

        :param kept: the referral that goes on
        :return: list, empty when they can
        """
        clients = self.sudo().client_id  # told is whether it is one, not who that is
        placed = self.filtered(lambda r: r.stage_id.occupies_place and r.offering_id)
        issues = [
            (
                len(self) < 2 or not kept or kept not in self,
                self.env._("Choose two or more referrals, and which of them to keep."),
            ),
            (
                len(self.company_id) > 1,
                self.env._("These referrals are of different organisations."),
            ),
            (
                len(clients) > 1,
                self.env._(
                    "These are about different participants. Are they one person? Take"
                    " the known participant on one of them first."
                ),
            ),
            (
                len(self.relation_id) > 1,
                self.env._(
                    "Different teams referred: each of them wants to hear how it goes."
                    " Keep both."
                ),
            ),
            (
                len(self.family_id) > 1,
                self.env._("These are of different families."),
            ),
            (
                len(placed.offering_id) > 1,
                self.env._(
                    "There is a place at more than one activity. Close one of them, or"
                    " move it back first."
                ),
            ),
            (
                placed and kept not in placed,
                self.env._(
                    "%(reference)s has a place. Keep that one.",
                    reference=placed[:1].reference,
                ),
            ),
            (
                kept.is_closed and not all(self.mapped("is_closed")),
                self.env._("Keep a referral that is still open."),
            ),
            (
                not all(self.mapped("active")),
                self.env._("One of these is archived already."),
            ),
        ]
        return [issue for is_found, issue in issues if is_found]

    def _get_moved(self, kept):
        """Return what goes along to the referral that is kept.

        Not what it has itself already, and no question that was never sent.

        :param kept: the referral that goes on
        :return: dictionary from field name to records
        """
        moved = {}
        for name, key in MOVED.items():
            # What happened goes along, whoever noted it.
            records = self.sudo()[name]  # of a colleague too
            if name == "request_ids":
                records = records.filtered(lambda r: r.way != "mail" or r.date_sent)
            if key:
                has = kept.sudo()[name]  # of a colleague too, as above
                known = {tuple(r[part] for part in key) for r in has}
                fresh = records.browse()
                for record in records:
                    value = tuple(record[part] for part in key)
                    if value not in known:
                        known.add(value)
                        fresh |= record
                records = fresh
            moved[name] = records
        return moved

    def _get_filled(self, kept):
        """Return what the referral that is kept takes over of these.

        :param kept: the referral that goes on
        :return: values to write on it
        """
        # Who may guide all of these may know of one what is known of the other.
        others, kept = self.sudo(), kept.sudo()  # see above
        vals = {}
        for name in FILLED:
            found = others.filtered(name)[:1][name]
            if not kept[name] and found:
                vals[name] = self._fields[name].convert_to_write(found, kept)
        if not kept.offering_id and not kept.is_closed:
            offering = others.offering_id[:1]
            vals |= {"offering_id": offering.id} if offering else {}
        for name in JOINED_TEXTS:
            texts = [kept[name], *others.mapped(name)]
            text = "\n".join(dict.fromkeys(text for text in texts if text))
            if text != (kept[name] or ""):
                vals[name] = text
        for name in JOINED_LISTS:
            if more := others[name] - kept[name]:
                vals[name] = [fields.Command.link(id_) for id_ in more.ids]
        date = min(others.mapped("date"))
        if date < kept.date:
            vals["date"] = date
        if kept.priority != "1" and "1" in others.mapped("priority"):
            vals["priority"] = "1"
        return vals

    def _merge_into(self, kept):
        """Let these go on as one referral; nothing is deleted, each reference stays.

        Places are held once: what is archived holds none.

        :param kept: the referral that goes on
        :raise UserError: when they cannot be merged, before anything changed
        """
        everything = self | kept
        everything.check_access("write")
        everything.lock_for_update()
        others = everything - kept
        issues = everything._get_merge_issues(kept)
        if issues:
            raise UserError("\n".join(issues))
        vals = others._get_filled(kept)
        moved = others._get_moved(kept)
        # What happened is as it was: to whom feedback went, where a question was asked.
        told = [
            (field, records)
            for records in moved.values()
            for field in records._fields.values()
            if records and field.store and field.compute and not field.related
        ]
        activities = others.sudo().activity_ids  # of colleagues too
        others.with_context(bsc_skip_plan=True).write(
            {
                "active": False,
                "merged_into_id": kept.id,
                "date_feedback_due": False,
                "date_closed": fields.Date.context_today(self),
            }
        )
        # The participant goes along: see ``_get_filled``.
        kept.sudo().write(vals)  # who guides both may know
        planned = kept.sudo().activity_ids  # of colleagues too
        kept_types = {(a.activity_type_id, a.summary) for a in planned}
        for name, records in moved.items():
            mine = [(f, found) for f, found in told if found._name == records._name]
            with self.env.protecting([f for f, _found in mine], records):
                records.write({self._fields[name].inverse_name: kept.id})
        activities = activities.exists().filtered("active")
        activities.filtered(
            lambda a: (a.activity_type_id, a.summary) not in kept_types
        ).write({"res_id": kept.id})
        references = ", ".join(others.mapped("reference"))
        bodies = {
            other.id: html_escape(
                self.env._("Merged into %(reference)s.", reference=kept.reference)
            )
            for other in others
        }
        others.with_context(bsc_own_words=True)._message_log_batch(bodies)
        kept._log_own_words(
            self.env._("The same question as %(references)s.", references=references)
        )
        if not kept.is_closed:
            kept._plan_feedback()
