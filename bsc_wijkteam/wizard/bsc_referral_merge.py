from odoo import api, fields, models
from odoo.tools import format_date


class BscReferralMerge(models.TransientModel):
    """Merge referrals that are the same question; shows first what moves."""

    _name = "bsc.referral.merge"
    _description = "Merge Referrals"

    referral_ids = fields.Many2many(
        "bsc.referral", default=lambda self: self._default_referral_ids()
    )
    referral_id = fields.Many2one(
        "bsc.referral",
        "Keep",
        compute="_compute_referral_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('id', 'in', referral_ids)]",
    )
    issue = fields.Text("Not possible", compute="_compute_preview")
    preview = fields.Text("What happens", compute="_compute_preview")

    @api.model
    def _default_referral_ids(self):
        return self.env["bsc.referral"].browse(self.env.context.get("active_ids"))

    @api.depends("referral_ids")
    def _compute_referral_id(self):
        for wizard in self:
            if wizard.referral_id not in wizard.referral_ids:
                wizard.referral_id = wizard.referral_ids._origin._propose_kept()

    @api.depends("referral_ids", "referral_id")
    def _compute_preview(self):
        for wizard in self:
            referrals = wizard.referral_ids._origin
            kept = wizard.referral_id._origin
            issues = referrals._get_merge_issues(kept)
            wizard.issue = "\n".join(issues)
            wizard.preview = not issues and "\n".join(wizard._get_preview_lines())

    def _get_preview_lines(self):
        """Return what merging does, as sentences without anything of the person."""
        kept = self.referral_id._origin
        others = self.referral_ids._origin - kept
        fields_of = self.env["bsc.referral"]._fields

        def label(name):
            return fields_of[name]._description_string(self.env)

        vals = others._get_filled(kept)
        lines = [
            self.env._("%(reference)s goes on.", reference=kept.reference),
            self.env._(
                "%(references)s moves to the archive, and tells that it goes on there.",
                references=", ".join(others.mapped("reference")),
            ),
        ]
        counts = [
            f"{label(name).lower()} ({len(records)})"
            for name, records in others._get_moved(kept).items()
            if records
        ]
        if counts:
            lines.append(
                self.env._("Goes along: %(what)s.", what=", ".join(sorted(counts)))
            )
        date = vals.pop("date", None)
        if date:
            lines.append(
                self.env._(
                    "Counts from %(date)s, the first time it came in.",
                    date=format_date(self.env, date),
                )
            )
        if vals:
            names = sorted(label(name).lower() for name in vals)
            lines.append(self.env._("Is filled in: %(what)s.", what=", ".join(names)))
        return lines

    def action_merge(self):
        """Merge, and open the referral that is kept."""
        self.ensure_one()
        self.referral_ids._merge_into(self.referral_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "bsc.referral",
            "res_id": self.referral_id.id,
            "views": [(False, "form")],
            "target": "current",
        }
