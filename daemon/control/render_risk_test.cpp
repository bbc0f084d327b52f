// What a risk test found as JSON: rows for tables and CSV, the events beside them.
#include "daemon/control/json_fields.hpp"
#include "daemon/control/render_reports.hpp"

namespace vault::control {

namespace {

json::object trip_row(const report::RiskTrip& trip) {
    return {{"at", to_json(trip.at)},
            {"earliest", to_json(trip.earliest)},
            {"oldest_price", to_json(trip.oldest_price)},
            {"cap", trip.cap},
            {"limit", trip.limit},
            {"arithmetic", trip.arithmetic},
            {"blocks", risk::to_text(trip.blocks)},
            {"until", to_json(trip.until)},
            {"ends", trip.ends},
            {"buys_blocked", trip.buys_blocked}};
}

// Those that are set.
json::object caps_of(const report::LevelMark& mark) {
    json::object caps;
    for (const risk::CapKey& key : risk::cap_keys()) {
        const std::string text = risk::cap_text(mark.caps, key.name);
        if (key.is_at(mark.level) && text != "off") caps[key.name] = text;
    }
    return caps;
}

}  // namespace

json::object report_to_json(const report::RiskTest& test) {
    json::array rows, events;
    for (const report::RiskTrip& trip : test.rows())
        rows.push_back(trip_row(trip));
    for (const report::RiskEvent& event : test.events())
        events.push_back(json::object{{"at", to_json(event.at)},
                                      {"type", event.type},
                                      {"actor", event.actor},
                                      {"message", event.message}});
    const report::PriceSteps& steps = test.steps();
    return {{"level", risk::to_text(test.mark().level)},
            {"of", test.mark().of},
            {"asset", to_json(test.mark().asset)},
            {"since", to_json(test.since())},
            {"caps", caps_of(test.mark())},
            {"rows", std::move(rows)},
            {"buys", test.buys()},
            {"buys_blocked", test.buys_blocked()},
            {"events", std::move(events)},
            {"prices", steps.prices},
            {"longest_step", steps.at ? to_json(steps.longest) : json::value(nullptr)},
            {"unjudged", steps.unjudged}};
}

}  // namespace vault::control
