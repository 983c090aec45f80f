import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {CalendarController} from "@web/views/calendar/calendar_controller";
import {CalendarModel} from "@web/views/calendar/calendar_model";
import {calendarView} from "@web/views/calendar/calendar_view";

// More than this nobody can read in one week.
const LIMIT = 400;

class OfferingSlotCalendarController extends CalendarController {
    /**
     * Open what people can join instead of one of its times.
     *
     * @override
     */
    editRecord(record) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "bsc.offering",
            res_id: record.rawRecord.offering_id[0],
            views: [[false, "form"]],
        });
    }
}

class OfferingSlotCalendarModel extends CalendarModel {
    /**
     * A week is too wide for a phone, so that begins with one day.
     *
     * @override
     */
    setup() {
        super.setup(...arguments);
        if (this.env.isSmall) {
            this.meta.scale = "day";
        }
    }

    /**
     * Read no more than can be shown, whole activities first, and say so.
     *
     * @override
     */
    async fetchRecords(data) {
        const {context, fieldNames, resModel} = this.meta;
        const records = await this.orm.searchRead(
            resModel,
            this.computeDomain(data),
            [...new Set([...fieldNames, ...Object.keys(this.meta.activeFields)])],
            {context, limit: LIMIT + 1, order: "offering_id, weekday, hour_from, id"}
        );
        if (records.length > LIMIT) {
            this.notification.add(
                _t(
                    "There is more than fits here: you see the first %s times. Choose an area, a sport or a target group.",
                    LIMIT
                ),
                {type: "warning"}
            );
        }
        return records.slice(0, LIMIT);
    }
}

registry.category("views").add("bsc_offering_slot_calendar", {
    ...calendarView,
    Controller: OfferingSlotCalendarController,
    Model: OfferingSlotCalendarModel,
});
