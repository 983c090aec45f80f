from textwrap import shorten

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, html2plaintext, is_html_empty

# One page is read, two are not: what is longer is cut or counted.
MAX_PROMISES = 4  # of each side
MAX_BLANKS = 8
MAX_GROUPS = 3
MAX_PROFILE = 100  # characters
MAX_STORY = 500
MAX_STORIES = 20  # to choose from
MAX_WORDS = 150
# Told at the top, or not for the eyes of the team.
NOT_IN_PROFILE = {"area_ids", "contact_id", "local_name"}


class BscRelation(models.Model):
    """The meeting kit: everything for the next talk with this team, on one page.

    One template shows it on the screen and on paper. The paper lies on the table of the
    team, so it holds nothing about participants and nothing we only think.
    """

    _inherit = "bsc.relation"

    kit = fields.Html(
        "Meeting kit",
        compute="_compute_kit",
        sanitize=False,  # our own template, which escapes what people wrote
        exportable=False,
    )

    @api.depends_context("uid", "lang", "tz")
    def _compute_kit(self):
        for relation in self:
            relation.kit = relation.id and self.env["ir.qweb"]._render(
                "bsc_wijkteam.bsc_relation_kit_body",
                {"kit": relation._get_kit(), "is_screen": True},
            )

    @api.readonly
    def action_open_kit(self):
        """Open all there is to know and to bring for the next talk."""
        self.ensure_one()
        action = self.env.ref("bsc_wijkteam.bsc_relation_action_kit")
        action = action.sudo()  # as every action is read for the screen
        return self._get_records_action(
            name=action.name,
            path=action.path,
            views=[(action.view_id.id, "form")],
        )

    @api.readonly
    def action_open_overview(self):
        """Open the activities people may be referred to in the areas of this team."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_offering_action_overview"
        )
        if areas := self.area_ids:
            names = ", ".join(areas.mapped("name"))
            title = self.env._("Activities in %(areas)s", areas=names)
            action["name"] = action["display_name"] = title
            action["domain"] = [
                ("is_referable_today", "=", True),
                ("area_ids", "child_of", areas.ids),
            ]
        return action

    def _get_kit(self):
        """Return what stands in the kit of one team, in the language in use.

        What the user may not read is left out or counted. The number of queries does
        not depend on how much there is.

        :return: dictionary of plain values; what is empty is not shown
        """
        self.ensure_one()
        coming, last = self._find_kit_meetings()
        since = last and fields.Datetime.context_timestamp(last, last.start).date()
        return {
            "date": format_date(self.env, fields.Date.context_today(self)),
            "about": self._get_kit_about(),
            "coming": self._get_kit_meeting(coming),
            "last": self._get_kit_meeting(last),
            "questions": not is_html_empty(self.stage_questions)
            and self.stage_questions,
            "blanks": self._get_kit_blanks(),
            "profile": self._get_kit_profile(),
            "promises": self._get_kit_promises(),
            "since": self._get_kit_since(since),
            "numbers": self._get_kit_numbers(since),
            "story": self._get_kit_story(since),
            "words": self._get_kit_words(),
            "other_groups": ", ".join(
                self.target_group_ids[MAX_GROUPS:].mapped("name")
            ),
            "bring": self.stage_bring,
            "files": [(file.id, file.name) for file in self.stage_attachment_ids],
            "overview": self._get_kit_overview(),
        }

    def _get_kit_about(self):
        """Return who this is, whom to call and what both want to reach."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        contact = self.contact_id
        return {
            "kind": self.local_name or kinds[self.kind],
            "areas": ", ".join(self.area_ids.mapped("name")),
            "stage": self.stage_id.name,
            "contact": contact.name,
            "phone": contact.phone,
            "email": contact.email,
            "rhythm": self.meeting_rhythm,
            "goal": shorten(self.shared_goal or "", MAX_WORDS, placeholder=" …"),
        }

    def _find_kit_meetings(self):
        """Return the next meeting and the last one; there may be none of either.

        A meeting that is going on is the one this kit is for.
        """
        events = self.env["calendar.event"]
        now = fields.Datetime.now()
        mine = Domain("bsc_relation_id", "=", self.id)
        coming = events.search(
            mine & Domain("stop", ">", now), order="start, id", limit=1
        )
        last = events.search(
            mine & Domain("stop", "<=", now), order="start desc, id desc", limit=1
        )
        both = (coming | last).ids  # read together
        return coming.with_prefetch(both), last.with_prefetch(both)

    def _get_kit_meeting(self, meeting):
        """Return when, where and with whom, of a meeting that may be empty.

        Of the private meeting of a colleague Odoo tells the day only.
        """
        if not meeting:
            return {}
        kinds = dict(meeting._fields["bsc_kind"]._description_selection(self.env))
        guests = meeting.attendee_ids
        present = guests.filtered("bsc_is_present").mapped("common_name")
        invited = guests.filtered(lambda guest: guest.state != "declined")
        invited = invited.mapped("common_name")
        day = "EEEE d MMMM y"
        # The meeting is often called after the team, which the kit says already.
        name = meeting.name != self.display_name and meeting.name
        return {
            "day": format_date(self.env, meeting.start_date, date_format=day)
            if meeting.allday
            else format_datetime(self.env, meeting.start, dt_format=f"{day}, HH:mm"),
            "about": " · ".join(filter(None, (kinds.get(meeting.bsc_kind), name))),
            "location": meeting.location,
            "present": ", ".join(sorted(filter(None, present))),
            "is_noted": meeting.bsc_is_noted,
            "invited": ", ".join(sorted(filter(None, invited))),
        }

    def _get_kit_blanks(self):
        """Return what is still to be asked, unless this stage asks the same."""
        asked = html2plaintext(self.stage_questions or "")
        blanks = [
            question
            for question in self._get_blanks().values()
            if question not in asked
        ]
        more = self._get_kit_more(len(blanks) - MAX_BLANKS)
        return {"lines": blanks[:MAX_BLANKS], "more": more}

    def _get_kit_more(self, count):
        return count > 0 and self.env._("and %(count)s more", count=count)

    def _get_kit_profile(self):
        """Return label and value of what is known of the team."""
        lines = []
        for name in self._get_profile_questions(self.kind):
            if name in NOT_IN_PROFILE or self._is_blank(name):
                continue
            value = self[name]
            if name == "professional_ids":
                value = ", ".join(
                    f"{person.name} ({person.bsc_expertise})"
                    for person in value
                    if person.bsc_expertise
                )
            elif self._fields[name].relational:
                value = ", ".join(value.mapped("name"))
            label = self._fields[name]._description_string(self.env)
            lines.append((label, shorten(value, MAX_PROFILE, placeholder=" …")))
        return lines

    def _get_kit_promises(self):
        """Return what is still to be kept, of each side, the oldest first.

        Who may not read promises sees how many there are.
        """
        promises = self.env["mail.activity"].search_fetch(
            [("bsc_relation_id", "=", self.id), ("bsc_promise_state", "=", "open")],
            order="date_deadline, id",
        )
        today = fields.Date.context_today(self)
        sides = {
            side: [
                {
                    "name": shorten(
                        promise.display_name or "", MAX_PROFILE, placeholder=" …"
                    ),
                    "who": side == "us" and promise.user_id.name,
                    "day": format_date(self.env, promise.date_deadline),
                    "is_late": promise.date_deadline < today,
                    "is_agreed": bool(promise.bsc_evaluation_id),
                }
                for promise in promises.filtered(
                    lambda promise, side=side: promise.bsc_promised_by == side
                )[:MAX_PROMISES]
            ]
            for side in ("us", "them")
        }
        shown = sum(map(len, sides.values()))
        counts = self.env._(
            "To be kept: %(count)s, late: %(late)s",
            count=self.promise_open_count,
            late=self.promise_late_count,
        )
        return {
            **sides,
            "counts": self.promise_open_count and counts,
            "more": shown and self._get_kit_more(self.promise_open_count - shown),
        }

    def _get_kit_since(self, since):
        if not since:
            return self.env._("So far")
        return self.env._("Since %(date)s", date=format_date(self.env, since))

    def _get_kit_numbers(self, since):
        """Return label and number of what happened, and of what waits.

        :param date since: the day of the last meeting, False for all that happened
        """
        labels = {
            "date": self.env._("New referrals"),
            "date_start": self.env._("Started"),
            "date_lasting": self.env._("Lasting"),
            "date_closed": self.env._("Closed"),
        }
        # Counts only, which the team may know: also of what colleagues guide.
        referrals = self.env["bsc.referral"].sudo()  # see above
        feedback = self.env["bsc.feedback"].sudo()  # see above
        [dates] = referrals._read_group(
            [("relation_id", "=", self.id)],
            [],
            [f"{name}:array_agg" for name in labels],
        )
        given = Domain("referral_id.relation_id", "=", self.id)
        if since:
            given &= Domain("date", ">=", since)
        numbers = [
            *(
                (label, sum(bool(day) and (not since or day >= since) for day in days))
                for label, days in zip(labels.values(), dates, strict=True)
            ),
            (self.env._("Feedback given"), feedback.search_count(given)),
            (self.env._("Feedback owed"), self.feedback_late_count),
        ]
        return [(label, number) for label, number in numbers if number]

    def _get_kit_story(self, since):
        """Return one story to tell: of after the last meeting, else a fitting one."""
        stories = self.env["bsc.story"]._find_for("team", self, limit=MAX_STORIES)
        fresh = stories.filtered(lambda story: since and story.date >= since)
        story = (fresh or stories)[:1]
        return story and {
            "name": story.name,
            "body": shorten(story.body, MAX_STORY, placeholder=" …"),
        }

    def _get_kit_words(self):
        """Return the advice on words per target group of the team."""
        return [
            {
                "group": group.name,
                **{
                    name: shorten(group[name] or "", MAX_WORDS, placeholder=" …")
                    for name in ("words_use", "words_avoid", "moving_adds")
                },
            }
            for group in self.target_group_ids[:MAX_GROUPS]
        ]

    def _get_kit_overview(self):
        """Return how much there is to refer to in the areas of the team."""
        offerings = self.env["bsc.offering"]
        filters = {"area_ids": self.area_ids.ids}
        count = offerings.search_count(
            offerings._get_overview_domain(self.company_id, filters)
        )
        if self.area_ids:
            return self.env._(
                "Activity overview of %(areas)s (activities to refer to: %(count)s)",
                areas=", ".join(self.area_ids.mapped("name")),
                count=count,
            )
        return self.env._(
            "Activity overview (activities to refer to: %(count)s)", count=count
        )

    def _get_kit_file_name(self):
        """Return the name of the file, without extension."""
        self.ensure_one()
        title = self.env._("Meeting kit")
        date = fields.Date.to_string(fields.Date.context_today(self))
        return f"{title} {self.display_name} {date}"
