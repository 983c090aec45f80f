import {registry} from "@web/core/registry";
import {CalendarController} from "@web/views/calendar/calendar_controller";
import {CalendarModel} from "@web/views/calendar/calendar_model";
import {calendarView} from "@web/views/calendar/calendar_view";

// More than this nobody can read in one week.
const LIMIT = 200;

class OfferingSlotCalendarController extends CalendarController {
    static template = "bsc_wijkteam.OfferingSlotCalendarController";

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
     * Read no more than can be shown, one activity after another, and tell.
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
        data.isCut = records.length > LIMIT;
        return records.slice(0, LIMIT);
    }
}

registry.category("views").add("bsc_offering_slot_calendar", {
    ...calendarView,
    Controller: OfferingSlotCalendarController,
    Model: OfferingSlotCalendarModel,
});
