"""What is said about a feed that, or an item that, cannot be read as it is."""


def get_sentences(env):
    """Return the sentences in the language of the user, by what is the matter."""
    return {
        # no item of the file can be read
        "empty": env._("This file is empty."),
        "encoding": env._(
            "The letters in this file cannot be read. Save it as UTF-8 first."
        ),
        "not_json": env._(
            "This file is not valid JSON: it may be damaged or cut off. Ask for it"
            " again."
        ),
        "deep_file": env._(
            "This file is nested too deeply to be a list of activities."
        ),
        "no_feed": env._(
            "This file is not open data about activities. It takes a list of"
            " services of Open Referral UK (HSDS), or a page of OpenActive."
        ),
        "no_refs": env._(
            "This file is not open data about activities: nothing in it has an"
            " identifier. It takes Open Referral UK (HSDS) and OpenActive."
        ),
        "no_items": env._("There are no activities in this file."),
        "too_many": env._(
            "There are more than 20,000 activities in this file. Split it first."
        ),
        # one item is left out
        "no_activity": env._("This is not an activity."),
        "no_ref": env._("The identifier is missing."),
        "no_state": env._("The item is neither updated nor deleted."),
        "no_data": env._("The item says nothing about an activity."),
        "no_name": env._("The name of the activity is missing."),
        "no_provider": env._("The name of the provider is missing."),
        "bsn": env._(
            "It contains a number that looks like a citizen service number (BSN)."
            " It may not be stored."
        ),
        "deep_item": env._("This is nested too deeply to be an activity."),
        # a part of one item is left out
        "long_name": env._(
            "The name is too long: all of it stands in the description."
        ),
        "ages": env._("The ages cannot be right: they are left out."),
        "times": env._("A time is not weekly or not right: left out."),
        "places": env._("There is more than one place: the first is taken."),
    }
