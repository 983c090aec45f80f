from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ..models.bsc_check import RUNNING as CHECK_RUNNING
from ..models.bsc_evaluation import RUNNING as EVALUATION_RUNNING

COACHED = (
    "bsc.relation",
    "bsc.referral",
    "bsc.provider",
    "bsc.check",
    "bsc.evaluation",
)


class BscHandover(models.TransientModel):
    """Hand over everything open from coach to coach, in one transaction.

    Participants are never moved or named: who guides a referral may know its
    participant, so they follow by the record rules.
    """

    _name = "bsc.handover"
    _description = "Hand over from coach to coach"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        "From",
        required=True,
        ondelete="cascade",
        help="The coach who leaves, or hands over for another reason.",
    )
    receiver_id = fields.Many2one(
        "res.users",
        "To",
        required=True,
        ondelete="cascade",
        help="Takes over everything below.",
    )
    tells_contacts = fields.Boolean(
        "Tell the teams",
        default=True,
        help="The contact person of each team gets a mail that introduces the new"
        " coach. It says nothing about participants.",
    )
    # what moves
    relation_ids = fields.Many2many(
        "bsc.relation", string="Teams", compute="_compute_preview"
    )
    relation_count = fields.Integer("Teams handed over", compute="_compute_preview")
    referral_count = fields.Integer("Open referrals", compute="_compute_preview")
    provider_count = fields.Integer("Providers", compute="_compute_preview")
    check_count = fields.Integer("Checks in progress", compute="_compute_preview")
    evaluation_count = fields.Integer(
        "Evaluations in progress", compute="_compute_preview"
    )
    promise_count = fields.Integer("Open promises", compute="_compute_preview")
    activity_count = fields.Integer("Other activities", compute="_compute_preview")
    meeting_count = fields.Integer("Meetings to come", compute="_compute_preview")
    is_empty = fields.Boolean(compute="_compute_preview")
    untold_note = fields.Text("Call yourself", compute="_compute_preview")

    @api.depends("user_id", "company_id")
    def _compute_preview(self):
        for handover in self:
            coached = handover._find_coached()
            activities = handover._find_activities()
            promises = activities.filtered("activity_type_id.bsc_is_promise")
            meetings = handover._find_meetings()
            relations = coached["bsc.relation"]
            handover.relation_ids = relations
            handover.relation_count = len(relations)
            handover.referral_count = len(coached["bsc.referral"])
            handover.provider_count = len(coached["bsc.provider"])
            handover.check_count = len(coached["bsc.check"])
            handover.evaluation_count = len(coached["bsc.evaluation"])
            handover.promise_count = len(promises)
            handover.activity_count = len(activities - promises)
            handover.meeting_count = len(meetings)
            handover.is_empty = not any((*coached.values(), activities, meetings))
            untold = relations - handover._filter_reachable(relations)
            handover.untold_note = ", ".join(untold.mapped("display_name"))

    @api.constrains("user_id", "receiver_id", "company_id")
    def _check_receiver(self):
        for handover in self:
            # whether somebody can take over is no secret to who hands over
            receiver = handover.receiver_id.sudo()
            names = {
                "person": receiver.name,
                "company": handover.company_id.name,
            }
            if receiver == handover.user_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s has all this already. Choose another coach to take"
                        " over.",
                        **names,
                    )
                )
            if not receiver.active or receiver.share:
                raise ValidationError(
                    self.env._(
                        "%(person)s cannot log in to Odoo as a colleague. Choose"
                        " somebody else to take over.",
                        **names,
                    )
                )
            if handover.company_id not in receiver.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work for %(company)s. Choose a coach of"
                        " this organisation to take over.",
                        **names,
                    )
                )
            if not receiver.has_group("bsc_wijkteam.bsc_wijkteam_group_coach"):
                raise ValidationError(
                    self.env._(
                        "%(person)s does not have the role of coach. Give that role"
                        " first, or choose somebody else to take over.",
                        **names,
                    )
                )

    def action_hand_over(self):
        """Move everything open to the receiver, log it and tell the teams.

        :raise UserError: when there is nothing to hand over
        """
        self.ensure_one()
        # Once more: the role may have been taken away since the dialog was saved.
        self._check_receiver()
        coached = self._find_coached()
        activities = self._find_activities()
        meetings = self._find_meetings()
        if not any((*coached.values(), activities, meetings)):
            raise UserError(
                self.env._(
                    "%(person)s has nothing open at %(company)s to hand over.",
                    person=self.user_id.name,
                    company=self.company_id.name,
                )
            )
        told = self._filter_reachable(coached["bsc.relation"])
        if not self.tells_contacts:
            told = told.browse()
        self._tell_receiver()  # while the numbers are still those of the coach
        self._log(coached, told)
        for records in coached.values():
            records.coach_id = self.receiver_id
            records.message_unsubscribe(self.user_id.partner_id.ids)
            records.message_subscribe(self.receiver_id.partner_id.ids)
        # One notification about all of it, instead of one mail for each.
        activities.with_context(mail_activity_quick_update=True).write(
            {"user_id": self.receiver_id.id}
        )
        self._move_meetings(meetings)
        self._tell_contacts(told)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(person)s takes over. Teams that get a mail: %(count)s.",
                    person=self.receiver_id.name,
                    count=len(told),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _find_coached(self):
        """Return the open records of the coach, by the name of their model.

        A referral that is closed while feedback is still owed is open as well.
        """
        self.ensure_one()
        own = Domain("coach_id", "=", self.user_id._origin.id) & self._get_company()
        in_progress = Domain("stage_id.is_closed", "=", False)
        is_open = {
            "bsc.relation": in_progress,
            "bsc.referral": in_progress | Domain("date_feedback_due", "!=", False),
            "bsc.provider": Domain.TRUE,
            "bsc.check": Domain("state", "in", CHECK_RUNNING),
            "bsc.evaluation": Domain("state", "in", EVALUATION_RUNNING),
        }
        if not self.user_id:
            own = Domain.FALSE
        return {name: self.env[name].search(own & is_open[name]) for name in COACHED}

    def _find_activities(self):
        """Return what the coach still has to do, on whatever record of ours."""
        self.ensure_one()
        activities = self.env["mail.activity"]
        if not self.user_id:
            return activities
        found = activities.search(
            [
                ("user_id", "=", self.user_id._origin.id),
                ("res_model", "=like", "bsc.%"),
            ]
        )
        for name, candidates in found.grouped("res_model").items():
            records = self.env[name].with_context(active_test=False)
            ids = set(
                records.search(
                    Domain("id", "in", candidates.mapped("res_id"))
                    & self._get_company()
                ).ids
            )
            activities += candidates.filtered(
                lambda activity, ids=ids: activity.res_id in ids
            )
        return activities

    def _find_meetings(self):
        """Return the meetings to come that the coach organises.

        :return: ``calendar.event`` as superuser, private ones as well
        """
        self.ensure_one()
        self.company_id.check_access("read")
        events = self.env["calendar.event"].sudo()  # also private ones, unseen
        if not self.user_id:
            return events
        return events.search(
            [
                ("user_id", "=", self.user_id._origin.id),
                ("bsc_relation_id.company_id", "=", self.company_id._origin.id),
                ("start", ">", fields.Datetime.now()),
            ]
        )

    def _get_company(self):
        return Domain("company_id", "=", self.company_id._origin.id)

    def _filter_reachable(self, relations):
        """Return the teams whose contact person can be mailed."""
        return relations.filtered(
            lambda relation: relation.contact_id.active and relation.contact_id.email
        )

    def _log(self, coached, told):
        """Put a sentence beside the change of coach that is tracked.

        Nobody is named with referrals: a coach may share a first name with a
        participant, and a text with such a name is refused there (rule 5).
        """
        for name, records in coached.items():
            if name != "bsc.relation":
                records._track_set_log_message(
                    Markup("<p>%s</p>") % self.env._("Handed over to another coach.")
                )
        for relation in coached["bsc.relation"]:
            lines = [
                self.env._(
                    "%(receiver)s takes over from %(person)s.",
                    receiver=self.receiver_id.name,
                    person=self.user_id.name,
                )
            ]
            if relation in told:
                lines.append(
                    self.env._(
                        "%(contact)s gets a mail about it.",
                        contact=relation.contact_id.name,
                    )
                )
            relation._track_set_log_message(Markup("<p>%s</p>") % " ".join(lines))

    def _move_meetings(self, meetings):
        """Make the receiver organise the meetings, instead of the coach.

        The other guests get no new invitation: for them the meeting stays as it is.
        """
        old, new = self.user_id.partner_id, self.receiver_id.partner_id
        meetings = meetings.with_context(
            skip_attendee_notification=True, dont_notify=True
        )
        # Odoo invites a guest once for all meetings that are written together.
        invited = meetings.filtered(lambda meeting: new in meeting.partner_ids)
        for events in (invited, meetings - invited):
            events.write(
                {
                    "user_id": self.receiver_id.id,
                    "partner_ids": [Command.unlink(old.id), Command.link(new.id)],
                }
            )

    def _tell_receiver(self):
        """Tell the receiver once about all that was handed over."""
        handover = self.with_context(lang=self.receiver_id.lang)
        parts = [
            f"{handover._fields[name]._description_string(handover.env)}: {count}"
            for name in (
                "relation_count",
                "referral_count",
                "provider_count",
                "check_count",
                "evaluation_count",
                "promise_count",
                "activity_count",
                "meeting_count",
            )
            if (count := handover[name])
        ]
        self.env["mail.thread"].with_context(
            mail_notify_force_send=False
        ).message_notify(
            partner_ids=self.receiver_id.partner_id.ids,
            subject=handover.env._(
                "You take over from %(person)s", person=self.user_id.name
            ),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                handover.env._("These are yours from now on:"),
                Markup("").join(Markup("<li>%s</li>") % part for part in parts),
            ),
        )

    def _tell_contacts(self, relations):
        """Mail the contact person of each team; the mails leave with the queue."""
        self.env.ref("bsc_wijkteam.mail_template_handover").with_context(
            bsc_handover_from=self.user_id.name
        ).send_mail_batch(relations.ids)
