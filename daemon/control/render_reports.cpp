#include "daemon/control/render_reports.hpp"

#include "common/protocol/codec.hpp"
#include "daemon/control/json_fields.hpp"

#include <fmt/format.h>

namespace vault::control {

namespace {

// Text that another room made as JSON; an unreadable one is shown as text rather than lost.
json::value embedded(const std::string& text) {
    auto parsed = protocol::parse_json(text, text.size());
    return parsed ? std::move(parsed.value()) : json::value(text);
}

// An id stays where the store has no such user.
std::string name_of(UserId user, const UserNames& names) {
    const auto name = names.find(user);
    return name == names.end() ? to_text(user) : name->second;
}

void add_owner(json::object& object, const ports::Owner& owner, const UserNames& names) {
    const bool nobodys = owner.user == ports::kForWhoSeesAll;
    object["user"] = name_of(nobodys ? UserId{} : owner.user, names);
    object["account"] = to_json(owner.account);
    object["mode"] = to_json(owner.mode);
    object["actor"] = owner.actor;
}

json::value to_json(const report::BalanceAt& at) {
    return json::object{{"balance", control::to_json(at.balance)}, {"at", control::to_json(at.at)}};
}

Result<void> add_figures(json::object& object, const report::PnlFigures& figures) {
    json::array other;
    for (const auto& [asset, fee] : figures.fees_other)
        other.push_back(
            json::object{{"asset", control::to_json(asset)}, {"amount", control::to_json(fee)}});
    VAULT_TRY(const std::optional<Decimal> net, figures.net());
    object["realised"] = control::to_json(figures.realised);
    object["unrealised"] = control::to_json(figures.unrealised);
    object["unrealised_before"] = control::to_json(figures.unrealised_before);
    object["net"] = control::to_json(net);
    object["fees"] = control::to_json(figures.fees);
    object["fees_other"] = std::move(other);
    object["swept"] = control::to_json(figures.swept);
    object["volume"] = control::to_json(figures.volume);
    object["trades"] = figures.trades;
    object["buys"] = figures.buys;
    object["sells"] = figures.sells;
    object["cycles"] = figures.cycles;
    object["won"] = figures.won;
    object["lost"] = figures.lost;
    object["win_rate"] = control::to_json(figures.win_rate());
    object["best_cycle"] = control::to_json(figures.best_cycle);
    object["worst_cycle"] = control::to_json(figures.worst_cycle);
    return success();
}

Result<json::object> to_json(const report::PnlRow& row, const UserNames& names) {
    json::object object{
        {"vault", control::to_json(row.vault)},     {"user", name_of(row.user, names)},
        {"account", control::to_json(row.account)}, {"asset", control::to_json(row.asset)},
        {"mode", control::to_json(row.mode)},       {"sleeve", control::to_json(row.sleeve)},
        {"opening", to_json(row.opening)},          {"closing", to_json(row.closing)}};
    VAULT_TRYV(add_figures(object, row.figures));
    return object;
}

json::value to_json(const report::HistoryPoint& point) {
    return json::object{{"day", control::to_json(point.day)},
                        {"balance", control::to_json(point.balance)},
                        {"equity", control::to_json(point.equity)},
                        {"realised", control::to_json(point.realised)},
                        {"unrealised", control::to_json(point.unrealised)},
                        {"fees", control::to_json(point.fees)},
                        {"swept", control::to_json(point.swept)},
                        {"principal", control::to_json(point.principal)},
                        {"vault_total", control::to_json(point.vault_total)},
                        {"vault_tradeable", control::to_json(point.vault_tradeable)}};
}

// What was traded by hand, or decided to be left alone, has no order.
json::value order_json(const OrderId& id) {
    return id.number == 0 ? json::value(nullptr) : control::to_json(id);
}

}  // namespace

json::value row_to_json(const ports::OrderRow& row, const UserNames& names) {
    json::object object{
        {"id", to_json(row.id)},
        {"vault", to_json(row.id.vault)},
        {"sleeve", to_json(row.id.sleeve)},
        {"pair", control::to_json(row.pair)},
        {"side", to_json(row.side)},
        {"state", json::value(to_text(row.state))},
        {"reason", row.reason},
        {"end_reason", row.end_reason},
        {"requested", to_json(row.requested)},
        {"requested_asset", to_json(row.side == Side::Buy ? row.pair.quote : row.pair.base)},
        {"filled_quantity", to_json(row.filled_quantity)},
        {"filled_cost", to_json(row.filled_cost)},
        {"fee", to_json(row.fee)},
        {"decided_at", to_json(row.decided_at)},
        {"ended_at", control::to_json(row.ended_at)}};
    add_owner(object, row.owner, names);
    return object;
}

json::value row_to_json(const ports::FillRow& row, const UserNames& names) {
    const Fill& fill = row.fill;
    // The venue's own number is one of its account alone.
    json::object object{{"id", fmt::format("{}:{}", to_text(row.owner.account), fill.trade_id)},
                        {"trade_id", fill.trade_id},
                        {"order", order_json(fill.order)},
                        {"vault", to_json(fill.order.vault)},
                        {"sleeve", to_json(fill.order.sleeve)},
                        {"pair", control::to_json(row.pair)},
                        {"side", to_json(fill.side)},
                        {"at", to_json(fill.time)},
                        {"price", to_json(fill.price)},
                        {"quantity", to_json(fill.quantity.value)},
                        {"cost", to_json(fill.cost)},
                        {"fee", to_json(fill.fee)},
                        {"fee_asset", to_json(fill.fee_asset)},
                        {"realised", to_json(row.realised)},
                        {"reason", row.reason},
                        {"cycle", row.cycle}};
    add_owner(object, row.owner, names);
    return object;
}

json::value row_to_json(const ports::DecisionRow& row, const std::string& id,
                        const UserNames& names) {
    json::object object{{"id", id},
                        {"vault", to_json(row.vault)},
                        {"sleeve", to_json(row.sleeve)},
                        {"pair", control::to_json(row.pair)},
                        {"at", to_json(row.at)},
                        {"check", row.check},
                        {"action", row.action},
                        {"reason", row.reason},
                        {"repeats", row.repeats},
                        {"figures", embedded(row.figures_json)}};
    object["order"] = order_json({row.vault, row.sleeve, row.order_number});
    add_owner(object, row.owner, names);
    return object;
}

json::value row_to_json(const ports::SweepRow& row, const std::string& id, const UserNames& names) {
    json::object object{{"id", id},
                        {"vault", to_json(row.vault)},
                        {"sleeve", to_json(row.sleeve)},
                        {"at", to_json(row.at)},
                        {"kind", row.kind},
                        {"amount", to_json(row.amount)},
                        {"cause", row.cause},
                        {"cycle", row.cycle}};
    add_owner(object, row.owner, names);
    return object;
}

json::value row_to_json(const ports::EventRow& row, const UserNames& names) {
    json::object object{{"seq", row.seq},
                        {"at", control::to_json(row.at)},
                        {"severity", row.severity},
                        {"type", row.type},
                        {"object", row.object},
                        {"message", row.message},
                        {"data", embedded(row.data_json)}};
    add_owner(object, row.owner, names);
    return object;
}

json::value row_to_json(const ports::AuditRow& row, const UserNames& names) {
    json::object object{{"seq", row.seq},         {"at", control::to_json(row.at)},
                        {"actor", row.actor},     {"action", row.action},
                        {"object", row.object},   {"outcome", row.outcome},
                        {"message", row.message}, {"params", embedded(row.params_json)}};
    const auto name = names.find(row.user);
    object["user"] = name == names.end() ? json::value(nullptr) : json::value(name->second);
    object["prev_hash"] = to_hex(row.prev_hash);
    object["hash"] = to_hex(row.hash);
    return object;
}

json::value row_to_json(const ports::EntryRow& row, const UserNames& names) {
    json::object object{{"vault", to_json(row.vault)},
                        {"seq", row.seq},
                        {"tx", row.tx},
                        {"kind", row.kind},
                        {"cause", row.cause},
                        {"at", to_json(row.at)},
                        {"postings", embedded(row.postings_json)},
                        {"prev_hash", to_hex(row.prev_hash)},
                        {"hash", to_hex(row.hash)}};
    add_owner(object, row.owner, names);
    return object;
}

void add_explanation(json::object& object, const report::Explanation& why) {
    object["story"] = to_json_list(why.story);
    json::object figures;
    for (const auto& [name, value] : why.figures)
        figures[name] = value;
    object["figures"] = std::move(figures);
    json::array postings;
    for (const ports::EntryRow& row : why.entries) {
        const json::value moved = embedded(row.postings_json);
        if (!moved.is_array()) continue;
        for (const json::value& item : moved.get_array()) {
            json::object posting{{"seq", row.seq}, {"kind", row.kind}};
            if (const auto* fields = item.if_object())
                for (const auto& field : *fields)
                    posting.insert(field);
            postings.push_back(std::move(posting));
        }
    }
    object["postings"] = std::move(postings);
}

std::map<std::string, std::string> figures_of(const ports::DecisionRow& row) {
    std::map<std::string, std::string> figures;
    const json::value parsed = embedded(row.figures_json);
    if (const auto* object = parsed.if_object())
        for (const auto& figure : *object)
            if (figure.value().is_string())
                figures.emplace(figure.key(), figure.value().get_string());
    return figures;
}

Result<json::object> report_to_json(const report::PnlReport& report, const UserNames& names) {
    json::array rows;
    for (const report::PnlRow& row : report.rows()) {
        VAULT_TRY(json::object object, to_json(row, names));
        rows.push_back(std::move(object));
    }
    VAULT_TRY(const auto sums, report.totals());
    json::array totals;
    for (const report::PnlTotal& total : sums) {
        json::object object{{"asset", control::to_json(total.asset)},
                            {"mode", control::to_json(total.mode)}};
        VAULT_TRYV(add_figures(object, total.figures));
        totals.push_back(std::move(object));
    }
    return json::object{{"rows", std::move(rows)}, {"totals", std::move(totals)}};
}

json::value report_to_json(const std::vector<report::HistorySeries>& series) {
    json::array list;
    for (const report::HistorySeries& one : series) {
        json::array points;
        for (const report::HistoryPoint& point : one.points)
            points.push_back(to_json(point));
        list.push_back(json::object{{"vault", control::to_json(one.vault)},
                                    {"sleeve", control::to_json(one.sleeve)},
                                    {"mode", control::to_json(one.mode)},
                                    {"points", std::move(points)}});
    }
    return list;
}

json::value report_to_json(const report::ExportPage& page) {
    const json::value next = page.next_seq ? json::value(*page.next_seq) : json::value(nullptr);
    return json::object{{"lines", to_json_list(page.lines)}, {"next_seq", next}};
}

json::value report_to_json(const report::VerifyResult& result) {
    json::array problems;
    for (const report::VerifyProblem& problem : result.problems)
        problems.push_back(json::object{
            {"vault", control::to_json(problem.vault)},
            {"seq", problem.seq == 0 ? json::value(nullptr) : json::value(problem.seq)},
            {"what", problem.what},
            {"message", problem.message}});
    return json::object{{"ok", result.ok()},
                        {"vaults", result.vaults},
                        {"entries", result.entries},
                        {"problems", std::move(problems)}};
}

json::value report_to_json(const ports::ImportView& view) {
    return json::object{{"source", view.source},
                        {"pair", control::to_json(view.pair)},
                        {"interval", control::to_json(view.interval)},
                        {"candles", view.rows},
                        {"first", control::to_json(view.first)},
                        {"last", control::to_json(view.last)},
                        {"gaps", view.gaps},
                        {"hash", view.hash}};
}

}  // namespace vault::control
