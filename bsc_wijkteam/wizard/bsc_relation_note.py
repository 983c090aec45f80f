import re
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import format_date, plaintext2html

# The parts of the profile that a talk fills, under the name they have there.
PROFILE_FIELDS = (
    "local_name",
    "area_ids",
    "target_group_ids",
    "organisation",
    "organisation_form",
    "commissioner",
    "contact_id",
    "meeting_rhythm",
    "cases",
    "themes",
    "challenges",
    "needs",
    "their_picture",
    "route",
    "privacy_agreements",
)
MEETING_LENGTH = timedelta(hours=1)


class BscRelationNote(models.TransientModel):
    """Note what came out of a meeting: who, what was heard, promises, what is next.

    The answers wait here until all is right, then everything is saved in one go.
    """

    _name = "bsc.relation.note"
    _description = "Note what came out of a meeting"
    _inherit = ["bsc.privacy.mixin"]

    relation_id = fields.Many2one(
        "bsc.relation",
        "Team",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_relation_id(),
    )
    team_id = fields.Many2one(
        string="Contact of the team", related="relation_id.partner_id"
    )
    meeting_id = fields.Many2one(
        "calendar.event",
        "Which meeting?",
        compute="_compute_meeting_id",
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    is_noted = fields.Boolean(related="meeting_id.bsc_is_noted")
    is_saved = fields.Boolean(readonly=True)
    start = fields.Datetime("When was it?", default=lambda self: self._default_start())
    kind = fields.Selection(
        selection="_selection_kind",
        string="What kind?",
        compute="_compute_kind",
        store=True,
        readonly=False,
    )
    # who
    candidate_ids = fields.Many2many("res.partner", compute="_compute_candidate_ids")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Who was there?",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
    )
    new_names = fields.Char("Who else?")
    # what was heard
    blanks = fields.Json(compute="_compute_blanks")
    local_name = fields.Char("Local name")
    area_ids = fields.Many2many("bsc.area", string="Areas")
    target_group_ids = fields.Many2many("bsc.target.group", string="Target groups")
    organisation = fields.Text()
    organisation_form = fields.Char("Form of organisation")
    commissioner = fields.Char("Commissioned by")
    expertise = fields.Text("Who knows most about what?")
    contact_id = fields.Many2one("res.partner", "Contact person", ondelete="cascade")
    meeting_rhythm = fields.Char("Meeting rhythm")
    cases = fields.Text()
    themes = fields.Text()
    challenges = fields.Text("Biggest challenges")
    needs = fields.Text("What they need from us")
    their_picture = fields.Text("Their picture of us")
    route = fields.Text("Route to refer")
    privacy_agreements = fields.Text("Privacy agreements")
    remark = fields.Text("What else was said")
    # promises
    our_open_ids = fields.Many2many("mail.activity", compute="_compute_open_promises")
    their_open_ids = fields.Many2many("mail.activity", compute="_compute_open_promises")
    our_kept_ids = fields.Many2many(
        "mail.activity", "bsc_relation_note_our_kept_rel", string="We kept"
    )
    their_kept_ids = fields.Many2many(
        "mail.activity", "bsc_relation_note_their_kept_rel", string="They kept"
    )
    promise_ids = fields.One2many("bsc.relation.note.promise", "note_id", "Promises")
    # next
    date_next_meeting = fields.Datetime(related="relation_id.date_next_meeting")
    next_start = fields.Datetime("When do you meet again?")
    next_kind = fields.Selection(
        selection="_selection_kind", string="What for?", default="team_meeting"
    )
    is_invited = fields.Boolean("Invite by mail")

    @api.model
    def _selection_kind(self):
        field = self.env["calendar.event"]._fields["bsc_kind"]
        return field._description_selection(self.env)

    @api.model
    def _default_relation_id(self):
        meeting_id = self.env.context.get("default_meeting_id")
        return self.env["calendar.event"].browse(meeting_id).bsc_relation_id

    @api.model
    def _default_start(self):
        start = fields.Datetime.now() - MEETING_LENGTH
        return start.replace(minute=0, second=0)

    @api.depends("relation_id")
    def _compute_meeting_id(self):
        """Propose the latest meeting that has begun and was not noted yet."""
        meetings = self.env["calendar.event"]
        for note in self:
            begun = meetings.search(
                [
                    ("bsc_relation_id", "=", note.relation_id.id),
                    ("bsc_is_noted", "=", False),
                    ("start", "<=", fields.Datetime.now()),
                ],
                order="start desc, id desc",
                limit=10,
            )
            # What a colleague keeps private is not ours to note.
            note.meeting_id = begun.filtered(
                lambda meeting: not meeting._check_private_event_conditions()
            )[:1]

    @api.depends("relation_id")
    def _compute_kind(self):
        for note in self:
            is_first = not note.relation_id.date_last_meeting
            note.kind = "acquaintance" if is_first else "team_meeting"

    @api.depends("relation_id", "meeting_id", "contact_id")
    def _compute_candidate_ids(self):
        for note in self:
            note.candidate_ids = (
                self.env.user.partner_id
                | note.meeting_id.partner_ids
                | note.relation_id.contact_id
                | note.contact_id
                | note._get_professionals()
            )

    @api.depends("meeting_id")
    def _compute_partner_ids(self):
        for note in self:
            attendees = note.meeting_id.attendee_ids
            if note.is_noted:
                note.partner_ids = attendees.filtered("bsc_is_present").partner_id
            else:
                accepted = attendees.filtered(lambda who: who.state == "accepted")
                note.partner_ids = accepted.partner_id | self.env.user.partner_id

    @api.depends("relation_id")
    def _compute_blanks(self):
        for note in self:
            note.blanks = list(note.relation_id._get_blanks())

    @api.depends("relation_id")
    def _compute_open_promises(self):
        for note in self:
            promises = self.env["mail.activity"].search(
                [
                    ("bsc_relation_id", "=", note.relation_id.id),
                    ("bsc_promise_state", "=", "open"),
                ]
            )
            ours = promises.filtered(lambda promise: promise.bsc_promised_by == "us")
            note.our_open_ids = ours
            note.their_open_ids = promises - ours

    def _check_no_identity(self, names):
        texts = [name for name in names if self._fields[name].type in ("char", "text")]
        for note in self:
            note._check_no_participant(note[name] for name in texts)
        return super()._check_no_identity(names)

    def _check_no_participant(self, texts):
        """Refuse text that names a participant this team referred (rule 5).

        :param texts: what the coach wrote
        :raise ValidationError: when it holds a name, phone number or mail address
        """
        text = "\n".join(filter(None, texts))
        if not text:
            return
        # A professional may bear the same name: those of the team may be written.
        people = self.candidate_ids | self.partner_ids
        names = re.findall(r"\w+", " ".join(filter(None, people.mapped("name"))))
        text = re.sub(rf"\b({'|'.join(names)})\b", " ", text, flags=re.IGNORECASE)
        referrals = self.env["bsc.referral"].sudo()  # not told to the writer
        current = referrals.search(
            [
                ("relation_id", "=", self.relation_id.id),
                ("stage_id.is_closed", "=", False),
            ]
        )
        if any(client._is_named_in(text) for client in current.client_id):
            raise ValidationError(
                self.env._(
                    "Your text gives away who the participant is (name, phone"
                    " or e-mail). Leave that out: it is kept with the"
                    " participant only."
                )
            )

    def action_save(self):
        """Save the meeting, who was there, the answers, the promises and what is next.

        :raise ValidationError: when something is not right; then nothing is saved
        :return: notification that says what is done
        """
        self.ensure_one()
        close = {"type": "ir.actions.act_window_close"}
        if self.is_saved:  # tapped twice
            return close
        relation = self.relation_id
        was_waiting = relation.open_requirements
        meeting = self._get_meeting()
        people = self.partner_ids | self._get_new_people()
        self._note_presence(meeting, people)
        self._fill_profile(meeting)
        self._note_promises()
        self._plan_next(meeting)
        self.is_saved = True
        message = self.env._(
            "Noted: the meeting of %(date)s with %(team)s.",
            date=self._format_day(meeting),
            team=relation.display_name,
        )
        if was_waiting and not relation.open_requirements:
            ready = self.env._(
                "All that “%(stage)s” asks for is there now: you can move on.",
                stage=relation.stage_id.name,
            )
            message = f"{message} {ready}"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message, "next": close},
        }

    def _get_meeting(self):
        """Return the meeting to note; one that is not in the calendar is put there.

        :raise ValidationError: when it is of another team, or has not begun
        """
        relation, meeting, now = (
            self.relation_id,
            self.meeting_id,
            fields.Datetime.now(),
        )
        if meeting and meeting.bsc_relation_id != relation:
            raise ValidationError(
                self.env._(
                    "“%(meeting)s” is not a meeting with “%(team)s”. Choose one with"
                    " this team.",
                    meeting=meeting.display_name,
                    team=relation.display_name,
                )
            )
        start = meeting.start or self.start
        if not start:
            raise ValidationError(
                self.env._("Choose the meeting, or say when you met.")
            )
        if start > now:
            raise ValidationError(
                self.env._("This meeting has not begun yet. Note it afterwards.")
            )
        return meeting or self._add_meeting(
            start, min(start + MEETING_LENGTH, now), self.kind, self.partner_ids
        )

    def _add_meeting(self, start, stop, kind, partners):
        """Return a meeting with this team from the calendar, a new one if need be.

        Nobody is mailed, unless asked for.
        """
        relation = self.relation_id
        meetings = self.env["calendar.event"].with_context(
            no_mail_to_attendees=not self.is_invited
        )
        known = meetings.search(
            [("bsc_relation_id", "=", relation.id), ("start", "=", start)], limit=1
        )
        return known or meetings.create(
            {
                "name": relation.display_name,
                "bsc_relation_id": relation.id,
                "bsc_kind": kind,
                "start": start,
                "stop": stop,
                "partner_ids": [Command.set(partners.ids)],
            }
        )

    def _note_presence(self, meeting, people):
        """Note who was there; who was not invited joins without a mail."""
        meeting = meeting.with_context(no_mail_to_attendees=True, dont_notify=True)
        joined = people - meeting.partner_ids
        meeting.write(
            {
                "bsc_is_noted": True,
                "partner_ids": [Command.link(partner.id) for partner in joined],
            }
        )
        present = meeting.attendee_ids.filtered(lambda who: who.partner_id in people)
        present.bsc_is_present = True
        (meeting.attendee_ids - present).bsc_is_present = False

    def _get_professionals(self):
        return self.team_id.child_ids.filtered(
            lambda partner: partner.type == "contact" and not partner.is_company
        )

    def _get_new_people(self):
        names = re.split(r"[,;\n]", self.new_names or "")
        return self.env["res.partner"].union(*self._get_people(names).values())

    def _get_people(self, names):
        """Return the people of the team by name; who is not known yet is added.

        :param names: full names, or first names when only one person has it
        :raise ValidationError: when more than one person may be meant
        """
        people = {name: False for name in map(str.strip, names) if name}
        known = self._get_professionals().filtered("name")
        for name in people:
            key = name.casefold()
            found = known.filtered(lambda who, key=key: who.name.casefold() == key)
            people[name] = found[:1] or known.filtered(
                lambda who, key=key: who.name.casefold().startswith(f"{key} ")
            )
            if len(people[name]) > 1:
                raise ValidationError(
                    self.env._(
                        "More than one person of this team is called “%(name)s”. Write"
                        " the full name.",
                        name=name,
                    )
                )
        missing = [name for name, partner in people.items() if not partner]
        added = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": self.team_id.id, "type": "contact"}
                for name in missing
            ]
        )
        return {**people, **dict(zip(missing, added, strict=True))}

    def _fill_profile(self, meeting):
        """Put the answers where the questions were, and the rest in the chatter.

        What a colleague filled in meanwhile stays; our answer goes to the chatter then.
        """
        relation = self.relation_id
        self._fill_expertise()
        answered = [name for name in PROFILE_FIELDS if self[name]]
        blanks = [name for name in answered if relation._is_blank(name)]
        if blanks:
            relation.write(
                self._convert_to_write({name: self[name] for name in blanks})
            )
        texts = [
            f"{self._get_label(name)}: {self[name]}"
            for name in answered
            if name not in blanks and isinstance(self[name], str)
        ]
        if self.remark:
            texts.append(self.remark)
        if texts:
            title = self.env._(
                "From the meeting of %(date)s", date=self._format_day(meeting)
            )
            text = plaintext2html("\n".join(texts))
            relation.message_post(body=Markup("<p><b>%s</b></p>%s") % (title, text))

    def _fill_expertise(self):
        lines = [line for line in (self.expertise or "").splitlines() if line.strip()]
        pairs = [line.partition(":") for line in lines]
        if not all(name.strip() and what.strip() for name, _colon, what in pairs):
            raise ValidationError(
                self.env._(
                    "Write who knows most about what as “name: subject”, each person"
                    " on a line."
                )
            )
        people = self._get_people(name for name, _colon, _what in pairs)
        for name, _colon, what in pairs:
            people[name.strip()].bsc_expertise = what.strip()

    def _note_promises(self):
        """Make the promises, and mark those that were kept."""
        relation = self.relation_id
        promise = self.env.ref("bsc_wijkteam.mail_activity_type_promise")
        kept = self.our_kept_ids & self.our_open_ids
        kept |= self.their_kept_ids & self.their_open_ids
        kept.action_done()
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": promise.id,
                    "res_model_id": self.env["ir.model"]._get_id(relation._name),
                    "res_id": relation.id,
                    "summary": line.summary,
                    "bsc_promised_by": line.promised_by,
                    "bsc_can_keep": line.promised_by == "us" and line.can_keep,
                    "date_deadline": line.date_deadline,
                    "user_id": line.user_id.id,
                }
                for line in self.promise_ids
            ]
        )

    def _plan_next(self, meeting):
        """Put the next meeting in the calendar, with the same people."""
        start = self.next_start
        if not start:
            return
        if start <= fields.Datetime.now():
            raise ValidationError(
                self.env._("The next meeting is still to come: choose a later moment.")
            )
        coming = self._add_meeting(
            start, start + MEETING_LENGTH, self.next_kind, meeting.partner_ids
        )
        if self.is_invited and coming.bsc_waiting_count:
            coming.action_bsc_invite()  # what Odoo leaves to our own invitation

    def _format_day(self, meeting):
        start = fields.Datetime.context_timestamp(self, meeting.start)
        return format_date(self.env, start.date())


class BscRelationNotePromise(models.TransientModel):
    """A promise made in the meeting."""

    _name = "bsc.relation.note.promise"
    _description = "Promise Made in a Meeting"
    _inherit = ["bsc.privacy.mixin"]

    note_id = fields.Many2one("bsc.relation.note", required=True, ondelete="cascade")
    summary = fields.Char("What", required=True)
    promised_by = fields.Selection(
        [("us", "We"), ("them", "They")], "Who", default="us", required=True
    )
    # Not required here: the promise itself says in one sentence what it needs.
    date_deadline = fields.Date(
        "Before", default=lambda self: self._default_date_deadline()
    )
    user_id = fields.Many2one(
        "res.users",
        "Followed by",
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    can_keep = fields.Boolean("I can keep this", help="Promise only what you can keep.")

    @api.model
    def _default_date_deadline(self):
        promise = self.env.ref("bsc_wijkteam.mail_activity_type_promise")
        return promise._get_date_deadline()

    def _check_no_identity(self, names):
        for note, lines in self.grouped("note_id").items():
            note._check_no_participant(lines.mapped("summary"))
        return super()._check_no_identity(names)
