#include "daemon/control/render_top.hpp"

#include "daemon/control/render_views.hpp"

namespace vault::control {

namespace {

json::value row_of(const ports::TopVault& row) {
    return json::object{{"id", to_json(row.id)},
                        {"user", row.user},
                        {"account", to_json(row.account)},
                        {"asset", to_json(row.asset)},
                        {"mode", to_json(row.mode)},
                        {"state", row.state},
                        {"attention", row.attention},
                        {"alerts", row.alerts},
                        {"total", to_json(row.total)},
                        {"tradeable", to_json(row.tradeable)},
                        {"equity", to_json(row.equity)},
                        {"today", to_json(row.today)},
                        {"unrealised", to_json(row.unrealised)},
                        {"realised", to_json(row.realised)},
                        {"now", to_json(row.now)}};
}

json::value row_of(const ports::TopSleeve& row) {
    return json::object{{"vault", to_json(row.vault)},
                        {"sleeve", to_json(row.sleeve)},
                        {"user", row.user},
                        {"asset", to_json(row.asset)},
                        {"state", row.state},
                        {"idle_reason", row.idle_reason},
                        {"cash", to_json(row.cash)},
                        {"locked", to_json(row.locked)},
                        {"pending", to_json(row.pending)},
                        {"positions_cost", to_json(row.positions_cost)},
                        {"balance", to_json(row.balance)},
                        {"equity", to_json(row.equity)},
                        {"today", to_json(row.today)},
                        {"unrealised", to_json(row.unrealised)},
                        {"realised", to_json(row.realised)},
                        {"cycles", row.cycles},
                        {"preset", row.preset},
                        {"last_fill_at", to_json(row.last_fill_at)}};
}

json::value row_of(const ports::PositionView& row) {
    return position_to_json(row);
}

json::value row_of(const ports::TopOrder& row) {
    return json::object{{"id", to_json(row.id)},
                        {"vault", to_json(row.id.vault)},
                        {"sleeve", to_json(row.id.sleeve)},
                        {"pair", to_json(row.pair)},
                        {"side", to_json(row.side)},
                        {"state", row.state},
                        {"reason", row.reason},
                        {"requested", to_json(row.requested)},
                        {"filled_quantity", to_json(row.filled_quantity)},
                        {"filled_cost", to_json(row.filled_cost)},
                        {"fee", to_json(row.fee)},
                        {"decided_at", to_json(row.decided_at)}};
}

json::value row_of(const ports::TopDecision& row) {
    return json::object{{"vault", to_json(row.vault)}, {"sleeve", to_json(row.sleeve)},
                        {"pair", to_json(row.pair)},   {"check", row.check},
                        {"action", row.action},        {"reason", row.reason},
                        {"repeats", row.repeats}};
}

json::value row_of(const ports::TopAlert& row) {
    return json::object{{"severity", row.severity},
                        {"kind", row.kind},
                        {"object", row.object},
                        {"message", row.message},
                        {"since", to_json(row.since)}};
}

json::value row_of(const ports::PauseView& row) {
    return pause_to_json(row);
}

template <class T>
json::value rows_of(const std::vector<T>& rows) {
    json::array list;
    list.reserve(rows.size());
    for (const T& row : rows)
        list.push_back(row_of(row));
    return list;
}

json::value counts_of(const ports::StatusView& status) {
    return json::object{{"users", status.users},
                        {"accounts", status.accounts},
                        {"vaults", status.vaults},
                        {"sleeves", status.sleeves},
                        {"open_positions", status.open_positions},
                        {"live_orders", status.live_orders},
                        {"unresolved_orders", status.unresolved_orders},
                        {"paused_sleeves", status.paused_sleeves},
                        {"attention", status.attention},
                        {"running_replays", status.running_replays},
                        {"entries", status.entries}};
}

}  // namespace

json::value top_to_json(const ports::TopView& view) {
    const ports::TopMatched& matched = view.matched;
    return json::object{{"state", view.status.state},
                        {"counts", counts_of(view.status)},
                        {"activity", json::object{{"ticks", view.activity.ticks},
                                                  {"evaluations", view.activity.evaluations}}},
                        {"pauses", rows_of(view.status.pauses)},
                        {"matched", json::object{{"vaults", matched.vaults},
                                                 {"sleeves", matched.sleeves},
                                                 {"positions", matched.positions},
                                                 {"orders", matched.orders},
                                                 {"alerts", matched.alerts}}},
                        {"vaults", rows_of(view.vaults)},
                        {"sleeves", rows_of(view.sleeves)},
                        {"positions", rows_of(view.positions)},
                        {"orders", rows_of(view.orders)},
                        {"decisions", rows_of(view.decisions)},
                        {"alerts", rows_of(view.alerts)}};
}

}  // namespace vault::control
