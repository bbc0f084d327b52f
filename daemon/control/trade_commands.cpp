#include "daemon/control/directory.hpp"
#include "daemon/control/row_list.hpp"
#include "daemon/report/books_before.hpp"
#include "daemon/report/explain.hpp"

#include <array>

namespace vault::control {

namespace {

Result<OrderId> order_of(const protocol::Params& params) {
    Result<OrderId> id = parse_order_id(params.text("order"));
    if (!id)
        return Error(Errc::InvalidParams, "an order is named such as v1.quiet.3", "order",
                     "vaultctl order list shows the ids");
    return id;
}

Result<json::object> order_json(ports::StoreReader& reader, const OrderId& id) {
    VAULT_TRY(const report::OrderStory story, report::order_story(reader, id));
    VAULT_TRY(json::object order, read_json(reader, story.order));
    VAULT_TRY(order["fills"], read_json(reader, story.fills));
    return order;
}

// The decision's part of the story, before what became of it.
std::vector<std::string> decided(const std::optional<ports::DecisionRow>& decision) {
    if (!decision) return {"The decision behind it is no longer kept."};
    std::vector<std::string> story = report::decision_story(*decision);
    const std::string figures = report::reason_in_figures(*decision, figures_of(*decision));
    if (!figures.empty()) story.push_back(figures);
    return story;
}

Result<json::object> order_explained(ports::StoreReader& reader, const OrderId& id) {
    VAULT_TRY(report::OrderExplanation told, report::explain_order(reader, id));
    std::vector<std::string> story = decided(told.decision);
    std::ranges::move(told.why.story, std::back_inserter(story));
    told.why.story = std::move(story);
    json::object object{{"id", to_json(id)},
                        {"state", to_text(told.order.order.state)},
                        {"asset", to_json(told.order.order.pair.quote)}};
    add_explanation(object, told.why);
    if (told.decision) {
        VAULT_TRY(json::object decision, read_json(reader, *told.decision));
        object["decision"] = decision["id"];
        object["decided_by"] = decision["figures"];
    }
    return object;
}

template <Result<json::object> (*make)(ports::StoreReader&, const OrderId&)>
Handled about_order(Services& services, const Call& call) {
    const Result<OrderId> id = order_of(call.params);
    if (!id) co_return id.error();
    std::function<Result<json::object>(ReadSide&)> read = [&](ReadSide& side) {
        return make(*side.reader, id.value());
    };
    auto answering = answer_read<json::object>(services, call, read);
    co_return co_await std::move(answering);
}

// A trade or a sweep: its row, the entry that booked it, and how it is told.
struct Trades {
    using Row = ports::FillRow;
    static constexpr std::string_view kParam = "trade";
    static Result<Row> find(ports::StoreReader& reader, const std::string& text,
                            const std::vector<AccountId>& among) {
        VAULT_TRY(const auto id, report::parse_trade_id(text));
        return report::find_trade(reader, id, among);
    }
    static VaultId vault(const Row& row) { return row.fill.order.vault; }
    static constexpr auto entry = &report::entry_of_fill;
    static Result<report::Explanation> explain(ports::StoreReader&, const Row& row,
                                               const ports::EntryRow& entry,
                                               const ledger::VaultBooks& before) {
        return report::explain_trade(row, entry, before);
    }
};
struct Sweeps {
    using Row = ports::SweepRow;
    static constexpr std::string_view kParam = "sweep";
    static Result<Row> find(ports::StoreReader& reader, const std::string& text,
                            const std::vector<AccountId>&) {
        VAULT_TRY(const auto id, report::parse_sweep_id(text));
        return report::find_sweep(reader, id);
    }
    static VaultId vault(const Row& row) { return row.vault; }
    static constexpr auto entry = &report::entry_of_sweep;
    static constexpr auto explain = &report::explain_sweep;
};

template <class Kind>
Handled show(Services& services, const Call& call) {
    const std::string text = call.params.text(Kind::kParam);
    const std::vector<AccountId> among = services.directory.accounts(call.context.visible);
    std::function<Result<json::object>(ReadSide&)> read =
        [&](ReadSide& side) -> Result<json::object> {
        VAULT_TRY(const auto row, Kind::find(*side.reader, text, among));
        return read_json(*side.reader, row);
    };
    auto answering = answer_read<json::object>(services, call, read);
    co_return co_await std::move(answering);
}

template <class Kind>
struct Booked {
    typename Kind::Row row;
    ports::EntryRow entry;
};

template <class Kind>
Handled explain(Services& services, const Call& call) {
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    const std::string text = call.params.text(Kind::kParam);
    const std::vector<AccountId> among = services.directory.accounts(call.context.visible);
    std::function<Result<Booked<Kind>>(ReadSide&)> find =
        [&](ReadSide& side) -> Result<Booked<Kind>> {
        VAULT_TRY(auto row, Kind::find(*side.reader, text, among));
        VAULT_TRY(auto entry, Kind::entry(*side.reader, row));
        return Booked<Kind>{std::move(row), std::move(entry)};
    };
    auto finding = read_on<Booked<Kind>>(services.worker, find);
    const Result<Booked<Kind>> found = co_await std::move(finding);
    if (!found) co_return found.error();
    const Booked<Kind>& booked = found.value();
    report::BooksBefore before(Kind::vault(booked.row), booked.entry.seq);
    auto folding = read_pages(services, call, before);
    const Result<void> folded = co_await std::move(folding);
    if (!folded) co_return folded.error();
    std::function<Result<json::object>(ReadSide&)> tell =
        [&](ReadSide& side) -> Result<json::object> {
        VAULT_TRY(const auto why,
                  Kind::explain(*side.reader, booked.row, booked.entry, before.books()));
        VAULT_TRY(json::object row, read_json(*side.reader, booked.row));
        json::object object{{"id", row["id"]},
                            {"vault", row["vault"]},
                            {"sleeve", row["sleeve"]},
                            {"asset", to_json(before.books().asset())}};
        add_explanation(object, why);
        return object;
    };
    auto telling = read_on<json::object>(services.worker, tell);
    const Result<json::object> object = co_await std::move(telling);
    if (!object) co_return object.error();
    co_return answer_with(object.value());
}

constexpr std::array kRoutes{
    Route{"order.list", &list_rows<ports::OrderRow, &ports::StoreReader::orders>},
    Route{"order.show", &about_order<order_json>},
    Route{"order.explain", &about_order<order_explained>},
    Route{"trade.list", &list_rows<ports::FillRow, &ports::StoreReader::fills>},
    Route{"trade.show", &show<Trades>},
    Route{"trade.explain", &explain<Trades>},
    Route{"sweep.list", &list_rows<ports::SweepRow, &ports::StoreReader::sweeps>},
    Route{"sweep.show", &show<Sweeps>},
    Route{"sweep.explain", &explain<Sweeps>},
};

}  // namespace

std::span<const Route> trade_routes() {
    return kRoutes;
}

}  // namespace vault::control
