#include "daemon/control/row_list.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<json::object> why_json(ports::StoreReader& reader, VaultId vault, SleeveKind sleeve) {
    VAULT_TRY(report::DecisionWhy why, report::decision_why(reader, vault, sleeve));
    // The last decision counts among the rows of its own instant.
    std::vector<ports::DecisionRow> rows = std::move(why.before);
    rows.push_back(std::move(why.decision));
    VAULT_TRY(json::array list, read_json(reader, rows));
    json::object last = std::move(list.back().as_object());
    list.pop_back();
    const std::string figures = report::reason_in_figures(rows.back(), figures_of(rows.back()));
    last["explanation"] = figures.empty() ? std::string(why.explanation)
                                          : fmt::format("{}. {}", why.explanation, figures);
    last["before"] = std::move(list);
    return last;
}

Handled why(Services& services, const Call& call) {
    const Result<VaultId> vault = vault_of(call.params);
    if (!vault) co_return vault.error();
    const SleeveKind sleeve = sleeve_of(call.params);
    cmd::ShowSleeve question{vault.value(), sleeve};
    auto pending = ask(services, call, question, &render_nothing);
    const Result<Answer> there = co_await std::move(pending);
    if (!there) co_return there.error();
    std::function<Result<json::object>(ReadSide&)> read = [&](ReadSide& side) {
        return why_json(*side.reader, vault.value(), sleeve);
    };
    auto answering = answer_read<json::object>(services, call, read);
    co_return co_await std::move(answering);
}

Result<json::object> show_json(ports::StoreReader& reader, const report::DecisionId& id) {
    VAULT_TRY(const ports::DecisionRow row, report::find_decision(reader, id));
    VAULT_TRY(json::object object, read_json(reader, row));
    object["id"] = report::to_text(id);
    return object;
}

Result<json::object> explain_json(ports::StoreReader& reader, const report::DecisionId& id) {
    VAULT_TRY(const ports::DecisionRow row, report::find_decision(reader, id));
    std::vector<std::string> story = report::decision_story(row);
    const std::string figures = report::reason_in_figures(row, figures_of(row));
    if (!figures.empty()) story.push_back(figures);
    if (row.order_number == 0) {
        story.emplace_back("It led to no order.");
    } else {
        const OrderId order{row.vault, row.sleeve, row.order_number};
        VAULT_TRY(const auto made, reader.order(order));
        story.push_back(fmt::format(
            "It led to order {}{}.", vault::to_text(order),
            made ? fmt::format(", which is {}", vault::to_text(made->state)) : std::string()));
    }
    VAULT_TRY(json::object object, read_json(reader, row));
    json::object told{{"id", report::to_text(id)},
                      {"story", to_json_list(story)},
                      {"reason", row.reason},
                      {"order", object["order"]},
                      {"figures", object["figures"]}};
    return told;
}

template <Result<json::object> (*make)(ports::StoreReader&, const report::DecisionId&)>
Handled about_decision(Services& services, const Call& call) {
    const auto id = report::parse_decision_id(call.params.text("decision"));
    if (!id) co_return id.error();
    std::function<Result<json::object>(ReadSide&)> read = [&](ReadSide& side) {
        return make(*side.reader, id.value());
    };
    auto answering = answer_read<json::object>(services, call, read);
    co_return co_await std::move(answering);
}

constexpr std::array kRoutes{
    Route{"decision.why", &why},
    Route{"decision.show", &about_decision<show_json>},
    Route{"decision.explain", &about_decision<explain_json>},
    Route{"decision.list", &list_rows<ports::DecisionRow, &ports::StoreReader::decisions>},
};

}  // namespace

std::span<const Route> decision_routes() {
    return kRoutes;
}

}  // namespace vault::control
