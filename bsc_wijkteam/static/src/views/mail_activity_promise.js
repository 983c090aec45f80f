import {Activity} from "@mail/core/web/activity";
import {ActivityListPopoverItem} from "@mail/core/web/activity_list_popover_item";
import {patch} from "@web/core/utils/patch";

// Cancelling a promise asks for the reason; other activities disappear at once.
const askReason = () => ({
    async unlink() {
        const {activity, onActivityChanged} = this.props;
        if (!activity.bsc_is_promise) {
            return super.unlink(...arguments);
        }
        const {action, orm} = this.env.services;
        const thread = this.thread;
        const dialog = await orm.call("mail.activity", "action_cancel", [
            [activity.id],
        ]);
        await action.doAction(dialog, {
            onClose: () => onActivityChanged?.(thread),
        });
    },
});

patch(Activity.prototype, askReason());
patch(ActivityListPopoverItem.prototype, askReason());
